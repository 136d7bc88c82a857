// What the mixer kernels with NEON use: see mixer_loops.h. Anonymous for the reason given in
// cpu/kernel_builds.h.
#pragma once

#include <arm_neon.h>

#include <cstdint>

namespace lmz {
namespace {

struct NeonWords {
  static constexpr int kWords = 8;
  using Vector = int16x8_t;
  using Sums = int32x4_t;

  static Vector Load(const int16_t* p) { return vld1q_s16(p); }
  static void Store(int16_t* p, Vector v) { vst1q_s16(p, v); }
  static Vector Spread(int16_t v) { return vdupq_n_s16(v); }
  static Sums Zero() { return vdupq_n_s32(0); }
  static Sums MulAdd(Sums sums, Vector a, Vector b) {
    return vmlal_high_s16(vmlal_s16(sums, vget_low_s16(a), vget_low_s16(b)), a, b);
  }
  static Vector Step(Vector v, Vector a, Vector b) { return vqaddq_s16(v, vqrdmulhq_s16(a, b)); }
  static int32x4_t Add4(const Sums* s) {
    return vpaddq_s32(vpaddq_s32(s[0], s[1]), vpaddq_s32(s[2], s[3]));
  }
  static void Reduce8(const Sums* s, int limit, int16_t* out) {
    const int16x8_t words = vcombine_s16(vqmovn_s32(vshrq_n_s32(Add4(s), 15)),
                                         vqmovn_s32(vshrq_n_s32(Add4(s + 4), 15)));
    const Vector max = Spread(static_cast<int16_t>(limit));
    const Vector min = Spread(static_cast<int16_t>(-limit));
    Store(out, vmaxq_s16(vminq_s16(words, max), min));
  }
  static void Reduce4(const Sums* s, int limit, int32_t* out) {
    const int32x4_t logits = vshrq_n_s32(Add4(s), 15);
    vst1q_s32(out, vmaxq_s32(vminq_s32(logits, vdupq_n_s32(limit)), vdupq_n_s32(-limit)));
  }
};

}  // namespace
}  // namespace lmz
