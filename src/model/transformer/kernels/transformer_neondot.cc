// aarch64 Advanced SIMD with the dot product extension.
#include <arm_neon.h>

#include "model/transformer/kernels/attend.h"
#include "model/transformer/kernels/attend_neon.h"

namespace lmz::internal {

namespace {

struct NeonDotAttend : NeonAttendRows {
  static Sums DotKeys(Sums s, Cached k, Broadcast x) { return vdotq_s32(s, k, x); }
  static Sums DotValues(Sums s, Cached v, Broadcast p) { return vdotq_s32(s, v, p); }
};

}  // namespace

extern const TransformerKernels kTransformerNeonDot;
constinit const TransformerKernels kTransformerNeonDot = MakeTransformerKernels<NeonDotAttend>();

}  // namespace lmz::internal
