// Vectors of sixteen 16-bit words for elementwise_vector.h, by AVX2. The instructions that pack and
// unpack work within 128-bit lanes: two vectors of 32-bit numbers pack into one of words in "packed
// order", whose quarters must be exchanged to have them ascend.
#pragma once

#include <immintrin.h>

#include <cstdint>

namespace lmz {
namespace {

struct Avx2Vector {
  using Words = __m256i;
  using Count = __m128i;  // of bits to shift by
  struct Longs {          // 32-bit numbers
    Words low, high;
  };
  static constexpr int kGroup = 16;

  static Words Load(const void* from) {
    return _mm256_loadu_si256(static_cast<const __m256i*>(from));
  }
  static void Store(void* to, Words v) { _mm256_storeu_si256(static_cast<__m256i*>(to), v); }
  static Words Words1(int16_t v) { return _mm256_set1_epi16(v); }
  static Words Longs1(int32_t v) { return _mm256_set1_epi32(v); }
  static Count Bits(int bits) { return _mm_cvtsi32_si128(bits); }

  static Words AscendingFromPacked(Words v) { return _mm256_permute4x64_epi64(v, 0xD8); }
  static Words PackedFromAscending(Words v) { return _mm256_permute4x64_epi64(v, 0xD8); }
  static Words Pack(const Longs& v) { return _mm256_packs_epi32(v.low, v.high); }
  static Longs Unpack(Words a, Words b) {
    return {_mm256_unpacklo_epi16(a, b), _mm256_unpackhi_epi16(a, b)};
  }
  static Longs Widen(Words v) {
    return {_mm256_cvtepi16_epi32(_mm256_castsi256_si128(v)),
            _mm256_cvtepi16_epi32(_mm256_extracti128_si256(v, 1))};
  }
  static Longs WidenUnsigned(Words v) {
    return {_mm256_cvtepu16_epi32(_mm256_castsi256_si128(v)),
            _mm256_cvtepu16_epi32(_mm256_extracti128_si256(v, 1))};
  }
  // Words within -128 .. 127, exclusive-or `flip`.
  static void StoreBytes(uint8_t* to, Words v, uint8_t flip) {
    const __m128i bytes =
        _mm_packs_epi16(_mm256_castsi256_si128(v), _mm256_extracti128_si256(v, 1));
    _mm_storeu_si128(reinterpret_cast<__m128i*>(to),
                     _mm_xor_si128(bytes, _mm_set1_epi8(static_cast<char>(flip))));
  }
  static void StoreBytes(uint8_t* to, Words a, Words b, uint8_t flip) {
    const Words bytes = AscendingFromPacked(_mm256_packs_epi16(a, b));
    Store(to, _mm256_xor_si256(bytes, _mm256_set1_epi8(static_cast<char>(flip))));
  }
  // table[at[0]], table[at[1]], ...: one by one into the register, which is faster than gather
  // instructions, and than storing words for a vector load that must wait for them.
  static Words LookUp(const uint16_t* table, const uint16_t* at) {
    return _mm256_inserti128_si256(_mm256_castsi128_si256(LookUpEight(table, at)),
                                   LookUpEight(table, at + 8), 1);
  }
  static __m128i LookUpEight(const uint16_t* table, const uint16_t* at) {
    __m128i v = _mm_cvtsi32_si128(table[at[0]]);
    v = _mm_insert_epi16(v, table[at[1]], 1);
    v = _mm_insert_epi16(v, table[at[2]], 2);
    v = _mm_insert_epi16(v, table[at[3]], 3);
    v = _mm_insert_epi16(v, table[at[4]], 4);
    v = _mm_insert_epi16(v, table[at[5]], 5);
    v = _mm_insert_epi16(v, table[at[6]], 6);
    return _mm_insert_epi16(v, table[at[7]], 7);
  }
  static Words LookUpLongs(const uint32_t* table, Words at) {
    return _mm256_i32gather_epi32(reinterpret_cast<const int*>(table), at, 4);
  }

  static Words And(Words a, Words b) { return _mm256_and_si256(a, b); }

  static Words Add16(Words a, Words b) { return _mm256_add_epi16(a, b); }
  static Words AddSaturated16(Words a, Words b) { return _mm256_adds_epi16(a, b); }
  static Words Sub16(Words a, Words b) { return _mm256_sub_epi16(a, b); }
  static Words Max16(Words a, Words b) { return _mm256_max_epi16(a, b); }
  static Words Min16(Words a, Words b) { return _mm256_min_epi16(a, b); }
  static Words Abs16(Words a) { return _mm256_abs_epi16(a); }
  static Words MulLow16(Words a, Words b) { return _mm256_mullo_epi16(a, b); }
  static Words MulHigh16(Words a, Words b) { return _mm256_mulhi_epi16(a, b); }
  static Words MulHighUnsigned16(Words a, Words b) { return _mm256_mulhi_epu16(a, b); }
  static Words MulQ15(Words a, Words b) { return _mm256_mulhrs_epi16(a, b); }
  static Words MulAddPairs(Words a, Words b) { return _mm256_madd_epi16(a, b); }
  static Words Left16(Words a, Count by) { return _mm256_sll_epi16(a, by); }
  static Words Right16(Words a, Count by) { return _mm256_sra_epi16(a, by); }
  template <int kBits>
  static Words Right16(Words a) {
    return _mm256_srai_epi16(a, kBits);
  }
  template <int kBits>
  static Words RightUnsigned16(Words a) {
    return _mm256_srli_epi16(a, kBits);
  }

  static Words Add32(Words a, Words b) { return _mm256_add_epi32(a, b); }
  static Words Sub32(Words a, Words b) { return _mm256_sub_epi32(a, b); }
  static Words Max32(Words a, Words b) { return _mm256_max_epi32(a, b); }
  static Words MaxUnsigned32(Words a, Words b) { return _mm256_max_epu32(a, b); }
  static Words Min32(Words a, Words b) { return _mm256_min_epi32(a, b); }
  static Words Abs32(Words a) { return _mm256_abs_epi32(a); }
  static Words Mul32(Words a, Words b) { return _mm256_mullo_epi32(a, b); }
  static Words Left32(Words a, Count by) { return _mm256_sll_epi32(a, by); }
  static Words Right32(Words a, Count by) { return _mm256_sra_epi32(a, by); }
  template <int kBits>
  static Words Left32(Words a) {
    return _mm256_slli_epi32(a, kBits);
  }
  template <int kBits>
  static Words RightUnsigned32(Words a) {
    return _mm256_srli_epi32(a, kBits);
  }
  // Each number by its own number of bits; 32 or more give 0.
  static Words RightUnsigned32(Words a, Words by) { return _mm256_srlv_epi32(a, by); }

  static int32_t Largest32(Words v) {
    __m128i m = _mm_max_epi32(_mm256_castsi256_si128(v), _mm256_extracti128_si256(v, 1));
    m = _mm_max_epi32(m, _mm_shuffle_epi32(m, 0x4E));
    m = _mm_max_epi32(m, _mm_shuffle_epi32(m, 0xB1));
    return _mm_cvtsi128_si32(m);
  }
  // Of words >= 0. There is an instruction for the smallest: of the complements.
  static int32_t Largest16(Words v) {
    const __m128i m = _mm_max_epi16(_mm256_castsi256_si128(v), _mm256_extracti128_si256(v, 1));
    const __m128i smallest = _mm_minpos_epu16(_mm_sub_epi16(_mm_set1_epi16(32767), m));
    return 32767 - (_mm_cvtsi128_si32(smallest) & 0xFFFF);
  }
  // Modulo 2^32.
  static uint32_t Sum32(Words v) {
    __m128i s = _mm_add_epi32(_mm256_castsi256_si128(v), _mm256_extracti128_si256(v, 1));
    s = _mm_add_epi32(s, _mm_shuffle_epi32(s, 0x4E));
    s = _mm_add_epi32(s, _mm_shuffle_epi32(s, 0xB1));
    return static_cast<uint32_t>(_mm_cvtsi128_si32(s));
  }
};

}  // namespace
}  // namespace lmz
