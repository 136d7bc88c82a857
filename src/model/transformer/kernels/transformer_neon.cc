// aarch64 Advanced SIMD without the dot product extension.
#include <arm_neon.h>

#include "model/transformer/kernels/attend.h"
#include "model/transformer/kernels/attend_neon.h"

namespace lmz::internal {

namespace {

struct NeonAttend : NeonAttendRows {
  static Sums DotKeys(Sums s, Cached k, Broadcast x) {
    const int16x8_t low = vmull_s8(vget_low_s8(k), vget_low_s8(x));
    const int16x8_t high = vmull_high_s8(k, x);
    // The sum of two products is at most 2 * 127 * 127 = 32,258: exact in 16 bits.
    return vpadalq_s16(s, vpaddq_s16(low, high));
  }
  static Sums DotValues(Sums s, Cached v, Broadcast p) { return DotKeys(s, v, p); }
};

}  // namespace

extern const TransformerKernels kTransformerNeon;
constinit const TransformerKernels kTransformerNeon = MakeTransformerKernels<NeonAttend>();

}  // namespace lmz::internal
