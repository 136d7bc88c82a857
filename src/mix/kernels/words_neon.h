// What the mixer kernels with NEON use: see mixer_loops.h. Anonymous for the reason given in
// cpu/kernel_builds.h.
#pragma once

#include <arm_neon.h>

#include <cstdint>

#include "cpu/int32x8.h"

namespace lmz {
namespace {

struct NeonWords {
  static constexpr int kWords = 8;
  using Vector = int16x8_t;
  using Sums = int32x4_t;

  static Vector Load(const int16_t* p) { return vld1q_s16(p); }
  static Vector LoadParts(const int16_t* p) { return Load(p); }
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
  static uint32_t Bits(uint8x16_t is_set) {
    const uint8x16_t bit = {1, 2, 4, 8, 16, 32, 64, 128, 1, 2, 4, 8, 16, 32, 64, 128};
    const uint8x16_t bits = vandq_u8(is_set, bit);
    return vaddv_u8(vget_low_u8(bits)) | static_cast<uint32_t>(vaddv_u8(vget_high_u8(bits))) << 8;
  }
  static uint32_t Equal(const uint16_t* v, uint16_t x) {
    const uint16x8_t spread = vdupq_n_u16(x);
    return Bits(vcombine_u8(vmovn_u16(vceqq_u16(vld1q_u16(v), spread)),
                            vmovn_u16(vceqq_u16(vld1q_u16(v + 8), spread))));
  }
  static uint32_t Lowest(const uint8_t* v) {
    const uint8x16_t all = vld1q_u8(v);
    return Bits(vceqq_u8(all, vdupq_n_u8(vminvq_u8(all))));
  }
  static void Lookup(const uint32_t* t, const Uint32x8& i, Uint32x8& out) {
    out = Uint32x8{t[i[0]], t[i[1]], t[i[2]], t[i[3]], t[i[4]], t[i[5]], t[i[6]], t[i[7]]};
  }
};

}  // namespace
}  // namespace lmz
