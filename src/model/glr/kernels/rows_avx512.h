// The matrix kernels' vector operations by AVX-512 VNNI (multiply.h). Anonymous for the reason
// given in cpu/kernel_builds.h.
#pragma once

#include <immintrin.h>

#include <cstdint>

namespace lmz {
namespace {

// vpdpbusd wants one factor unsigned: the quantised bytes, which is why they are kept as q + 128.
struct Avx512Ops {
  static constexpr int kRows = 16;
  static constexpr int kLanes = 8;
  static constexpr int kSums = 24;  // of 32 registers
  static constexpr int kSparseTiles = 3;
  using Sums = __m512i;
  using Weights = __m512i;
  using Broadcast = __m512i;

  static Sums Load(const int32_t* from) { return _mm512_loadu_si512(from); }
  static void Store(int32_t* to, Sums s) { _mm512_storeu_si512(to, s); }
  static Weights LoadWeights(const int8_t* from) { return _mm512_loadu_si512(from); }
  static Broadcast Spread(const uint8_t* x) {
    int32_t four;
    __builtin_memcpy(&four, x, sizeof four);
    return _mm512_set1_epi32(four);
  }
  static Sums Dot(Sums s, Weights w, Broadcast x) { return _mm512_dpbusd_epi32(s, x, w); }
  static Sums DotSparse(Sums s, Weights w, Broadcast x) { return Dot(s, w, x); }
  // Rows 16 i + 4 k .. 16 i + 4 k + 3, for i = 0 .. 3, go to the four quarters of woven[k].
  static void Weave(const int8_t* const* columns, int at, Weights* woven) {
    const Weights a = LoadWeights(columns[0] + at), b = LoadWeights(columns[1] + at);
    const Weights c = LoadWeights(columns[2] + at), d = LoadWeights(columns[3] + at);
    const Weights ab_low = _mm512_unpacklo_epi8(a, b), ab_high = _mm512_unpackhi_epi8(a, b);
    const Weights cd_low = _mm512_unpacklo_epi8(c, d), cd_high = _mm512_unpackhi_epi8(c, d);
    woven[0] = _mm512_unpacklo_epi16(ab_low, cd_low);
    woven[1] = _mm512_unpackhi_epi16(ab_low, cd_low);
    woven[2] = _mm512_unpacklo_epi16(ab_high, cd_high);
    woven[3] = _mm512_unpackhi_epi16(ab_high, cd_high);
  }
  static void Unweave(Sums* s) {
    const Sums low01 = _mm512_shuffle_i32x4(s[0], s[1], 0x44);
    const Sums high01 = _mm512_shuffle_i32x4(s[0], s[1], 0xEE);
    const Sums low23 = _mm512_shuffle_i32x4(s[2], s[3], 0x44);
    const Sums high23 = _mm512_shuffle_i32x4(s[2], s[3], 0xEE);
    s[0] = _mm512_shuffle_i32x4(low01, low23, 0x88);
    s[1] = _mm512_shuffle_i32x4(low01, low23, 0xDD);
    s[2] = _mm512_shuffle_i32x4(high01, high23, 0x88);
    s[3] = _mm512_shuffle_i32x4(high01, high23, 0xDD);
  }
  static int ListColumns(const uint8_t* x, int columns, uint32_t* entries) {
    int count = 0;
    __m512i numbers = _mm512_slli_epi32(
        _mm512_set_epi32(15, 14, 13, 12, 11, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1, 0), 8);
    for (int c = 0; c < columns; c += 16) {
      const auto inside =
          static_cast<__mmask16>(columns - c < 16 ? (1 << (columns - c)) - 1 : 0xFFFF);
      const __m512i bytes = _mm512_cvtepu8_epi32(_mm_maskz_loadu_epi8(inside, x + c));
      const __mmask16 some = _mm512_test_epi32_mask(bytes, bytes);
      Store(reinterpret_cast<int32_t*>(entries + count),
            _mm512_maskz_compress_epi32(some, _mm512_or_si512(numbers, bytes)));
      count += __builtin_popcount(some);
      numbers = _mm512_add_epi32(numbers, _mm512_set1_epi32(16 << 8));
    }
    return count;
  }
};

}  // namespace
}  // namespace lmz
