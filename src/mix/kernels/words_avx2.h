// What the mixer kernels with 256-bit vectors share: see mixer_loops.h. Anonymous for the reason
// given in cpu/kernel_builds.h.
#pragma once

#include <immintrin.h>

#include <cstdint>

#include "cpu/int32x8.h"

namespace lmz {
namespace {

struct Avx2Words {
  static constexpr int kWords = 16;
  using Vector = __m256i;
  using Sums = __m256i;

  static Vector Load(const int16_t* p) {
    return _mm256_load_si256(reinterpret_cast<const Vector*>(p));
  }
  static Vector LoadParts(const int16_t* p) {
    const auto* parts = reinterpret_cast<const __m128i*>(p);
    return _mm256_inserti128_si256(_mm256_castsi128_si256(_mm_load_si128(parts)),
                                   _mm_load_si128(parts + 1), 1);
  }
  static void Store(int16_t* p, Vector v) { _mm256_store_si256(reinterpret_cast<Vector*>(p), v); }
  static Vector Spread(int16_t v) { return _mm256_set1_epi16(v); }
  static Sums Zero() { return _mm256_setzero_si256(); }
  static Sums MulAdd(Sums sums, Vector a, Vector b) {
#if defined(__AVX512VNNI__) && defined(__AVX512VL__)
    return _mm256_dpwssd_epi32(sums, a, b);
#else
    return _mm256_add_epi32(sums, _mm256_madd_epi16(a, b));
#endif
  }
  static Vector Step(Vector v, Vector a, Vector b) {
    return _mm256_adds_epi16(v, _mm256_mulhrs_epi16(a, b));
  }
  static void Reduce8(const Sums* s, int limit, int16_t* out) {
    const __m256i low =
        _mm256_hadd_epi32(_mm256_hadd_epi32(s[0], s[1]), _mm256_hadd_epi32(s[2], s[3]));
    const __m256i high =
        _mm256_hadd_epi32(_mm256_hadd_epi32(s[4], s[5]), _mm256_hadd_epi32(s[6], s[7]));
    const __m256i sums = _mm256_add_epi32(_mm256_permute2x128_si256(low, high, 0x20),
                                          _mm256_permute2x128_si256(low, high, 0x31));
    const __m256i logits = _mm256_srai_epi32(sums, 15);
    const __m128i words =
        _mm_packs_epi32(_mm256_castsi256_si128(logits), _mm256_extracti128_si256(logits, 1));
    const __m128i max = _mm_set1_epi16(static_cast<int16_t>(limit));
    const __m128i min = _mm_set1_epi16(static_cast<int16_t>(-limit));
    _mm_store_si128(reinterpret_cast<__m128i*>(out), _mm_max_epi16(_mm_min_epi16(words, max), min));
  }
  static void Lookup(const uint32_t* t, const Uint32x8& i, Uint32x8& out) {
    out = (Uint32x8)_mm256_i32gather_epi32(reinterpret_cast<const int*>(t), (__m256i)i, 4);
  }
};

}  // namespace
}  // namespace lmz
