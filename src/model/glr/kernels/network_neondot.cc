// aarch64 Advanced SIMD with the dot product extension.
#include <arm_neon.h>

#include "model/glr/kernels/elementwise.h"
#include "model/glr/kernels/multiply.h"
#include "model/glr/kernels/rows_neon.h"

namespace lmz::internal {

namespace {

struct NeonDotOps : NeonRows {
  static constexpr int kSums = 24;  // of 32 registers
  static Sums Dot(Sums s, Weights w, Broadcast x) { return vdotq_s32(s, w, x); }
  static Sums DotSparse(Sums s, Weights w, Broadcast x) { return Dot(s, w, x); }
};

}  // namespace

extern const NetworkKernels kNetworkNeonDot;
constinit const NetworkKernels kNetworkNeonDot =
    MakeNetworkKernels<NeonDotOps, LaneByLane<PortableElementwise<0>>>();

}  // namespace lmz::internal
