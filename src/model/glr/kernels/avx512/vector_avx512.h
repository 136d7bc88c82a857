// AVX-512: vectors of 32 16-bit words for elementwise_vector.h (see vector_avx2.h), and with VNNI
// the rows of multiply.h.
#pragma once

#include <immintrin.h>

#include <cstdint>

#include "model/glr/kernels/avx2/vector_avx2.h"

namespace lmz {
namespace {

struct Avx512Vector {
  using Words = __m512i;
  using Count = __m128i;
  struct Longs {
    Words low, high;
  };
  static constexpr int kGroup = 32;

  static Words Load(const void* from) { return _mm512_loadu_si512(from); }
  static void Store(void* to, Words v) { _mm512_storeu_si512(to, v); }
  static Words Words1(int16_t v) { return _mm512_set1_epi16(v); }
  static Words Longs1(int32_t v) { return _mm512_set1_epi32(v); }
  static Count Bits(int bits) { return _mm_cvtsi32_si128(bits); }

  static Words AscendingFromPacked(Words v) {
    return _mm512_permutexvar_epi64(_mm512_set_epi64(7, 5, 3, 1, 6, 4, 2, 0), v);
  }
  static Words PackedFromAscending(Words v) {
    return _mm512_permutexvar_epi64(_mm512_set_epi64(7, 3, 6, 2, 5, 1, 4, 0), v);
  }
  static Words Pack(const Longs& v) { return _mm512_packs_epi32(v.low, v.high); }
  static Longs Unpack(Words a, Words b) {
    return {_mm512_unpacklo_epi16(a, b), _mm512_unpackhi_epi16(a, b)};
  }
  static Longs Widen(Words v) {
    return {_mm512_cvtepi16_epi32(_mm512_castsi512_si256(v)),
            _mm512_cvtepi16_epi32(_mm512_extracti64x4_epi64(v, 1))};
  }
  static Longs WidenUnsigned(Words v) {
    return {_mm512_cvtepu16_epi32(_mm512_castsi512_si256(v)),
            _mm512_cvtepu16_epi32(_mm512_extracti64x4_epi64(v, 1))};
  }
  static void StoreBytes(uint8_t* to, Words v, uint8_t flip) {
    const __m256i bytes = _mm512_cvtepi16_epi8(v);
    _mm256_storeu_si256(reinterpret_cast<__m256i*>(to),
                        _mm256_xor_si256(bytes, _mm256_set1_epi8(static_cast<char>(flip))));
  }
  static void StoreBytes(uint8_t* to, Words a, Words b, uint8_t flip) {
    const Words bytes = AscendingFromPacked(_mm512_packs_epi16(a, b));
    Store(to, _mm512_xor_si512(bytes, _mm512_set1_epi8(static_cast<char>(flip))));
  }
  static Words LookUp(const uint16_t* table, const uint16_t* at) {
    return _mm512_inserti64x4(_mm512_castsi256_si512(Avx2Vector::LookUp(table, at)),
                              Avx2Vector::LookUp(table, at + 16), 1);
  }
  static void StayAwake() {}
  // Of sixteen 32-bit numbers.
  static Words LookUp16(const uint16_t* table, Words at) {
    uint16_t words[16];
    _mm256_storeu_si256(reinterpret_cast<__m256i*>(words), _mm512_cvtepi32_epi16(at));
    return _mm512_cvtepu16_epi32(Avx2Vector::LookUp(table, words));
  }
  static Words LookUpLongs(const uint32_t* table, Words at) {
    return _mm512_i32gather_epi32(at, table, 4);
  }

  static Words And(Words a, Words b) { return _mm512_and_si512(a, b); }

  static Words Add16(Words a, Words b) { return _mm512_add_epi16(a, b); }
  static Words AddSaturated16(Words a, Words b) { return _mm512_adds_epi16(a, b); }
  static Words Sub16(Words a, Words b) { return _mm512_sub_epi16(a, b); }
  static Words Max16(Words a, Words b) { return _mm512_max_epi16(a, b); }
  static Words Min16(Words a, Words b) { return _mm512_min_epi16(a, b); }
  static Words Abs16(Words a) { return _mm512_abs_epi16(a); }
  static Words MulLow16(Words a, Words b) { return _mm512_mullo_epi16(a, b); }
  static Words MulHigh16(Words a, Words b) { return _mm512_mulhi_epi16(a, b); }
  static Words MulHighUnsigned16(Words a, Words b) { return _mm512_mulhi_epu16(a, b); }
  static Words MulQ15(Words a, Words b) { return _mm512_mulhrs_epi16(a, b); }
  static Words MulAddPairs(Words a, Words b) { return _mm512_madd_epi16(a, b); }
  static Words AddPairsSaturated(Words sum, Words a, Words b) {
    return _mm512_dpwssds_epi32(sum, a, b);
  }
  static Words Left16(Words a, Count by) { return _mm512_sll_epi16(a, by); }
  static Words Right16(Words a, Count by) { return _mm512_sra_epi16(a, by); }
  template <int kBits>
  static Words Right16(Words a) {
    return _mm512_srai_epi16(a, kBits);
  }
  template <int kBits>
  static Words RightUnsigned16(Words a) {
    return _mm512_srli_epi16(a, kBits);
  }

  static Words Add32(Words a, Words b) { return _mm512_add_epi32(a, b); }
  static Words Sub32(Words a, Words b) { return _mm512_sub_epi32(a, b); }
  static Words Max32(Words a, Words b) { return _mm512_max_epi32(a, b); }
  static Words MaxUnsigned32(Words a, Words b) { return _mm512_max_epu32(a, b); }
  static Words Min32(Words a, Words b) { return _mm512_min_epi32(a, b); }
  static Words Abs32(Words a) { return _mm512_abs_epi32(a); }
  static Words Mul32(Words a, Words b) { return _mm512_mullo_epi32(a, b); }
  static Words Left32(Words a, Count by) { return _mm512_sll_epi32(a, by); }
  static Words Right32(Words a, Count by) { return _mm512_sra_epi32(a, by); }
  template <int kBits>
  static Words Left32(Words a) {
    return _mm512_slli_epi32(a, kBits);
  }
  template <int kBits>
  static Words RightUnsigned32(Words a) {
    return _mm512_srli_epi32(a, kBits);
  }
  // Each number by its own number of bits; 32 or more give 0.
  static Words RightUnsigned32(Words a, Words by) { return _mm512_srlv_epi32(a, by); }

  static int32_t Largest32(Words v) {
    return Avx2Vector::Largest32(
        _mm256_max_epi32(_mm512_castsi512_si256(v), _mm512_extracti64x4_epi64(v, 1)));
  }
  static int32_t Largest16(Words v) {
    return Avx2Vector::Largest16(
        _mm256_max_epi16(_mm512_castsi512_si256(v), _mm512_extracti64x4_epi64(v, 1)));
  }
  static uint32_t Sum32(Words v) {
    return Avx2Vector::Sum32(
        _mm256_add_epi32(_mm512_castsi512_si256(v), _mm512_extracti64x4_epi64(v, 1)));
  }
};

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
