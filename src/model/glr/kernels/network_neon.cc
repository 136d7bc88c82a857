// aarch64 Advanced SIMD without the dot product extension.
#include <arm_neon.h>

#include "model/glr/kernels/elementwise.h"
#include "model/glr/kernels/multiply.h"
#include "model/glr/kernels/rows_neon.h"

namespace lmz::internal {

namespace {

struct NeonOps : NeonRows {
  static constexpr int kSums = 16;  // of 32 registers
  static Sums Dot(Sums s, Weights w, Broadcast x) {
    const int16x8_t low = vmull_s8(vget_low_s8(w), vget_low_s8(x));
    const int16x8_t high = vmull_high_s8(w, x);
    // The sum of two products is at most 2 * 127 * 127 = 32,258: exact in 16 bits.
    return vpadalq_s16(s, vpaddq_s16(low, high));
  }
  static Sums DotSparse(Sums s, Weights w, Broadcast x) { return Dot(s, w, x); }
};

}  // namespace

extern const NetworkKernels kNetworkNeon;
constinit const NetworkKernels kNetworkNeon =
    MakeNetworkKernels<NeonOps, LaneByLane<PortableElementwise<0>>>();

}  // namespace lmz::internal
