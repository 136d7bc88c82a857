// What the matrix kernels with 256-bit vectors share (multiply.h). Anonymous for the reason given
// in cpu/kernel_builds.h.
#pragma once

#include <immintrin.h>

#include <cstdint>

namespace lmz {
namespace {

struct Avx2Rows {
  static constexpr int kRows = 8;
  static constexpr int kLanes = 4;
  static constexpr int kSparseTiles = 1;
  using Sums = __m256i;
  using Weights = __m256i;
  using Broadcast = __m256i;

  static Sums Load(const int32_t* from) {
    return _mm256_loadu_si256(reinterpret_cast<const __m256i*>(from));
  }
  static void Store(int32_t* to, Sums s) { _mm256_storeu_si256(reinterpret_cast<__m256i*>(to), s); }
  static Weights LoadWeights(const int8_t* from) {
    return _mm256_loadu_si256(reinterpret_cast<const __m256i*>(from));
  }
  static Broadcast Spread(const uint8_t* x) {
    int32_t four;
    __builtin_memcpy(&four, x, sizeof four);
    return _mm256_set1_epi32(four);
  }
  // Rows 16 i + 4 k .. 16 i + 4 k + 3, for i = 0 and 1, go to the two halves of woven[k].
  static void Weave(const int8_t* const* columns, int at, Weights* woven) {
    const Weights a = LoadWeights(columns[0] + at), b = LoadWeights(columns[1] + at);
    const Weights c = LoadWeights(columns[2] + at), d = LoadWeights(columns[3] + at);
    const Weights ab_low = _mm256_unpacklo_epi8(a, b), ab_high = _mm256_unpackhi_epi8(a, b);
    const Weights cd_low = _mm256_unpacklo_epi8(c, d), cd_high = _mm256_unpackhi_epi8(c, d);
    woven[0] = _mm256_unpacklo_epi16(ab_low, cd_low);
    woven[1] = _mm256_unpackhi_epi16(ab_low, cd_low);
    woven[2] = _mm256_unpacklo_epi16(ab_high, cd_high);
    woven[3] = _mm256_unpackhi_epi16(ab_high, cd_high);
  }
  static void Unweave(Sums* s) {
    const Sums low01 = _mm256_permute2x128_si256(s[0], s[1], 0x20);
    const Sums high01 = _mm256_permute2x128_si256(s[0], s[1], 0x31);
    const Sums low23 = _mm256_permute2x128_si256(s[2], s[3], 0x20);
    const Sums high23 = _mm256_permute2x128_si256(s[2], s[3], 0x31);
    s[0] = low01;
    s[1] = low23;
    s[2] = high01;
    s[3] = high23;
  }
};

}  // namespace
}  // namespace lmz
