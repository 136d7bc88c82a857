// What the matrix kernels with NEON share (multiply.h). Anonymous for the reason given in
// cpu/kernel_builds.h.
#pragma once

#include <arm_neon.h>

#include <cstdint>

namespace lmz {
namespace {

struct NeonRows {
  static constexpr int kRows = 4;
  static constexpr int kLanes = 4;
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
}  // namespace lmz
