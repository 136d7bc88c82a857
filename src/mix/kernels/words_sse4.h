// What the mixer kernels with 128-bit vectors of SSE share: see mixer_loops.h. Anonymous for the
// reason given in cpu/kernel_builds.h.
#pragma once

#include <immintrin.h>

#include <cstdint>

#include "cpu/int32x8.h"

namespace lmz {
namespace {

struct Sse4Words {
  static constexpr int kWords = 8;
  using Vector = __m128i;
  using Sums = __m128i;

  static Vector Load(const int16_t* p) {
    return _mm_load_si128(reinterpret_cast<const Vector*>(p));
  }
  static Vector LoadParts(const int16_t* p) { return Load(p); }
  static void Store(int16_t* p, Vector v) { _mm_store_si128(reinterpret_cast<Vector*>(p), v); }
  static Vector Spread(int16_t v) { return _mm_set1_epi16(v); }
  static Sums Zero() { return _mm_setzero_si128(); }
  static Sums MulAdd(Sums sums, Vector a, Vector b) {
    return _mm_add_epi32(sums, _mm_madd_epi16(a, b));
  }
  static Vector Step(Vector v, Vector a, Vector b) {
    return _mm_adds_epi16(v, _mm_mulhrs_epi16(a, b));
  }
  static __m128i Add4(const Sums* s) {
    return _mm_hadd_epi32(_mm_hadd_epi32(s[0], s[1]), _mm_hadd_epi32(s[2], s[3]));
  }
  static void Reduce8(const Sums* s, int limit, int16_t* out) {
    const Vector words =
        _mm_packs_epi32(_mm_srai_epi32(Add4(s), 15), _mm_srai_epi32(Add4(s + 4), 15));
    const Vector max = Spread(static_cast<int16_t>(limit));
    const Vector min = Spread(static_cast<int16_t>(-limit));
    Store(out, _mm_max_epi16(_mm_min_epi16(words, max), min));
  }
  static void Reduce4(const Sums* s, int limit, int32_t* out) {
    const __m128i logits = _mm_srai_epi32(Add4(s), 15);
    const __m128i clamped =
        _mm_max_epi32(_mm_min_epi32(logits, _mm_set1_epi32(limit)), _mm_set1_epi32(-limit));
    _mm_storeu_si128(reinterpret_cast<__m128i*>(out), clamped);
  }
  static uint32_t Equal(const uint16_t* v, uint16_t x) {
    const __m128i spread = _mm_set1_epi16(static_cast<int16_t>(x));
    const auto* p = reinterpret_cast<const __m128i*>(v);
    const __m128i low = _mm_cmpeq_epi16(_mm_load_si128(p), spread);
    const __m128i high = _mm_cmpeq_epi16(_mm_load_si128(p + 1), spread);
    return static_cast<uint32_t>(_mm_movemask_epi8(_mm_packs_epi16(low, high)));
  }
  static uint32_t Lowest(const uint8_t* v) {
    const __m128i all = _mm_load_si128(reinterpret_cast<const __m128i*>(v));
    const __m128i of_pairs = _mm_min_epu8(all, _mm_srli_epi16(all, 8));
    const __m128i words = _mm_and_si128(of_pairs, _mm_set1_epi16(0xFF));
    const __m128i lowest = _mm_shuffle_epi8(_mm_minpos_epu16(words), _mm_setzero_si128());
    return static_cast<uint32_t>(_mm_movemask_epi8(_mm_cmpeq_epi8(all, lowest)));
  }
  static void Lookup(const uint32_t* t, const Uint32x8& i, Uint32x8& out) {
    out = Uint32x8{t[i[0]], t[i[1]], t[i[2]], t[i[3]], t[i[4]], t[i[5]], t[i[6]], t[i[7]]};
  }
};

}  // namespace
}  // namespace lmz
