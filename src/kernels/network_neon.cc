// aarch64 Advanced SIMD without the dot product extension.
#include <arm_neon.h>

#include "kernels/elementwise.h"
#include "kernels/multiply.h"
#include "kernels/network_isas.h"

namespace lmz {

namespace {

struct NeonOps {
  static constexpr int kRows = 4;
  static constexpr int kLanes = 4;
  static constexpr int kSums = 16;  // of 32 registers
  static constexpr int kSparseTiles = 3;
  using Sums = int32x4_t;
  using Weights = int8x16_t;
  using Broadcast = int8x16_t;

  static Sums Load(const int32_t* from) { return vld1q_s32(from); }
  static void Store(int32_t* to, Sums s) { vst1q_s32(to, s); }
  static Weights LoadWeights(const int8_t* from) { return vld1q_s8(from); }
  static Broadcast Spread(const uint8_t* x) {
    int32_t four;
    __builtin_memcpy(&four, x, sizeof four);
    return vreinterpretq_s8_s32(vdupq_n_s32(four));
  }
  static Sums Dot(Sums s, Weights w, Broadcast x) {
    const int16x8_t low = vmull_s8(vget_low_s8(w), vget_low_s8(x));
    const int16x8_t high = vmull_high_s8(w, x);
    // The sum of two products is at most 2 * 127 * 127 = 32,258: exact in 16 bits.
    return vpadalq_s16(s, vpaddq_s16(low, high));
  }
  static Sums DotSparse(Sums s, Weights w, Broadcast x) { return Dot(s, w, x); }
  static void Weave(const int8_t* const* columns, int at, Weights* woven) {
    const int8x16x2_t ab = vzipq_s8(vld1q_s8(columns[0] + at), vld1q_s8(columns[1] + at));
    const int8x16x2_t cd = vzipq_s8(vld1q_s8(columns[2] + at), vld1q_s8(columns[3] + at));
    for (int half = 0; half < 2; ++half) {
      const int16x8x2_t abcd =
          vzipq_s16(vreinterpretq_s16_s8(ab.val[half]), vreinterpretq_s16_s8(cd.val[half]));
      woven[2 * half] = vreinterpretq_s8_s16(abcd.val[0]);
      woven[2 * half + 1] = vreinterpretq_s8_s16(abcd.val[1]);
    }
  }
  static void Unweave(Sums*) {}
};

}  // namespace

constinit const NetworkKernels kNetworkNeon =
    MakeNetworkKernels<NeonOps, PortableElementwise<0>>(Isa::kNeon);

}  // namespace lmz
