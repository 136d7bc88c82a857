// The elementwise part of the network kernels for every instruction set that includes AVX2: the
// same integers as elementwise.h, sixteen numbers at a time. Written by hand because compilers do
// not find the saturating and rounding 16-bit instructions that most of this work comes down to.
//
// Two vectors of eight 32-bit numbers pack into one of sixteen within 128-bit halves, which leaves
// the quarters in the order 0 2 1 3 ("packed order"); unpacking undoes that.
#pragma once

#include <immintrin.h>

#include <cstdint>

#include "kernels/fixed_point.h"
#include "kernels/network_kernels.h"
#include "kernels/quantizer.h"
#include "kernels/tables.h"

namespace lmz {
namespace {

inline constexpr int kGroup = 16;

// Sixteen 32-bit numbers: 0 .. 7 and 8 .. 15, or those of the quarters 0 2 and 1 3.
struct Longs {
  __m256i low, high;
};

inline __m256i Load(const void* from) {
  return _mm256_loadu_si256(static_cast<const __m256i*>(from));
}
inline Longs LoadLongs(const int32_t* from) {
  return {Load(from), Load(from + 8)};
}
inline Longs LoadWidened(const int16_t* from) {
  const auto* halves = reinterpret_cast<const __m128i*>(from);
  return {_mm256_cvtepi16_epi32(_mm_loadu_si128(halves)),
          _mm256_cvtepi16_epi32(_mm_loadu_si128(halves + 1))};
}
inline void Store(void* to, __m256i v) {
  _mm256_storeu_si256(static_cast<__m256i*>(to), v);
}
inline void StoreLongs(int32_t* to, const Longs& v) {
  Store(to, v.low);
  Store(to + 8, v.high);
}

// From packed order to ascending order, and back.
inline __m256i Reorder(__m256i words) {
  return _mm256_permute4x64_epi64(words, 0xD8);
}

// A shift by the same number of bits for all, with what rounds it to nearest, halves up.
struct Rounding {
  explicit Rounding(int shift)
      : half(_mm256_set1_epi32(static_cast<int32_t>((uint32_t{1} << shift) >> 1))),
        count(_mm_cvtsi32_si128(shift)) {}
  __m256i operator()(__m256i v) const { return _mm256_sra_epi32(_mm256_add_epi32(v, half), count); }
  Longs operator()(const Longs& v) const { return {(*this)(v.low), (*this)(v.high)}; }
  __m256i half;
  __m128i count;
};

inline __m256i Clamp(__m256i v, int32_t limit) {
  return _mm256_max_epi32(_mm256_min_epi32(v, _mm256_set1_epi32(limit)), _mm256_set1_epi32(-limit));
}

// Saturated to -32767 .. 32767; in packed order.
inline __m256i Narrow(const Longs& v) {
  return _mm256_max_epi16(_mm256_packs_epi32(v.low, v.high), _mm256_set1_epi16(-kInt16Limit));
}

// The products of sixteen pairs of words. Of words in packed order they are in ascending order;
// otherwise they are such that Narrow gives the words' order back.
inline Longs Multiply16(__m256i a, __m256i b) {
  const __m256i low = _mm256_mullo_epi16(a, b);
  const __m256i high = _mm256_mulhi_epi16(a, b);
  return {_mm256_unpacklo_epi16(low, high), _mm256_unpackhi_epi16(low, high)};
}

// Of eight numbers.
inline int32_t LargestLong(__m256i v) {
  __m128i m = _mm_max_epi32(_mm256_castsi256_si128(v), _mm256_extracti128_si256(v, 1));
  m = _mm_max_epi32(m, _mm_shuffle_epi32(m, 0x4E));
  m = _mm_max_epi32(m, _mm_shuffle_epi32(m, 0xB1));
  return _mm_cvtsi128_si32(m);
}

inline uint32_t SumOf(__m256i v) {
  __m128i s = _mm_add_epi32(_mm256_castsi256_si128(v), _mm256_extracti128_si256(v, 1));
  s = _mm_add_epi32(s, _mm_shuffle_epi32(s, 0x4E));
  s = _mm_add_epi32(s, _mm_shuffle_epi32(s, 0xB1));
  return static_cast<uint32_t>(_mm_cvtsi128_si32(s));
}

// Of sixteen non-negative words. There is an instruction for the smallest: of the complements.
inline int32_t LargestWord(__m256i v) {
  const __m128i m = _mm_max_epi16(_mm256_castsi256_si128(v), _mm256_extracti128_si256(v, 1));
  const __m128i smallest = _mm_minpos_epu16(_mm_sub_epi16(_mm_set1_epi16(kInt16Limit), m));
  return kInt16Limit - (_mm_cvtsi128_si32(smallest) & 0xFFFF);
}

// What a Quantizer does to words that it shifts left (spec 3.2, steps 1 and 3).
struct WordQuantizer {
  explicit WordQuantizer(const Quantizer& by)
      : left(_mm_cvtsi32_si128(by.shift)), factor(_mm256_set1_epi16(by.factor)) {}
  __m256i operator()(__m256i words) const {
    return _mm256_mulhrs_epi16(_mm256_sll_epi16(words, left), factor);
  }
  __m128i left;
  __m256i factor;
};

// Sixteen words in ascending order, each -127 .. 127, as quantised bytes.
template <uint8_t kFlip>
inline void StoreQuantised(uint8_t* to, __m256i words) {
  const __m128i bytes =
      _mm_packs_epi16(_mm256_castsi256_si128(words), _mm256_extracti128_si256(words, 1));
  const __m128i flip = _mm_set1_epi8(static_cast<char>(kFlip));
  _mm_storeu_si128(reinterpret_cast<__m128i*>(to), _mm_xor_si128(bytes, flip));
}

template <uint8_t kFlip>
inline QuantizedScale QuantizeBy(int32_t largest, const int16_t* x, int size, uint8_t* q) {
  const Quantizer by(largest);
  const WordQuantizer words(by);
  for (int i = 0; i < size; i += kGroup) StoreQuantised<kFlip>(q + i, words(Load(x + i)));
  return by.scale();
}

// ScaledSums as sixteen fixed-point numbers at a time (spec 3.3).
struct Scaling {
  Scaling(const ScaledSums& y, int shift)
      : sums(y.sums),
        row_scale(y.row_scale),
        mantissa(_mm256_set1_epi16(y.mantissa)),
        narrowing(y.sum_shift),
        rounding(shift) {}
  // In packed order.
  __m256i Narrowed(int i) const { return Narrow(narrowing(LoadLongs(sums + i))); }
  Longs operator()(int i) const {
    const __m256i scale = _mm256_mulhrs_epi16(Reorder(Load(row_scale + i)), mantissa);
    return rounding(Multiply16(Narrowed(i), scale));
  }
  const int32_t* sums;
  const int16_t* row_scale;
  __m256i mantissa;
  Rounding narrowing, rounding;
};

void Normalize(const int32_t* x, int size, uint64_t epsilon, const int16_t* weight, int16_t* out) {
  __m256i largest = _mm256_setzero_si256();
  for (int i = 0; i < size; i += kGroup) {
    const Longs v = LoadLongs(x + i);
    largest = _mm256_max_epi32(largest,
                               _mm256_max_epi32(_mm256_abs_epi32(v.low), _mm256_abs_epi32(v.high)));
  }
  const int length = BitLength(static_cast<uint32_t>(LargestLong(largest)));
  const int drop = length > 15 ? length - 15 : 0;
  const Rounding dropping(drop);
  // All of the squares modulo 2^32 and their upper halves: at most 2^11 numbers below 2^31 per
  // column, so that the difference is the sum of the lower halves.
  __m256i all = _mm256_setzero_si256(), high = _mm256_setzero_si256();
  for (int i = 0; i < size; i += kGroup) {
    const __m256i y = Reorder(Narrow(dropping(LoadLongs(x + i))));
    Store(out + i, y);
    const __m256i squares = _mm256_madd_epi16(y, y);
    all = _mm256_add_epi32(all, squares);
    high = _mm256_add_epi32(high, _mm256_srli_epi32(squares, 16));
  }
  const __m256i low = _mm256_sub_epi32(all, _mm256_slli_epi32(high, 16));
  const uint64_t sum = (uint64_t{SumOf(high)} << 16) + SumOf(low);
  const InverseRoot inverse(sum + (epsilon >> (2 * drop)));
  const __m256i root = _mm256_set1_epi16(static_cast<int16_t>(inverse.root));
  const auto scale = [&](const auto& unit) __attribute__((always_inline)) {
    for (int i = 0; i < size; i += kGroup) {
      Store(out + i, _mm256_mulhrs_epi16(unit(Load(out + i)), Load(weight + i)));
    }
  };
  // y * root / 2^shift, rounded. From 2^15 on nothing saturates and 16 bits do: what the shift
  // takes from the upper half of the product is rounded by a number that leaves the lower one out.
  if (inverse.shift == 15) {
    scale([&](__m256i y) { return _mm256_mulhrs_epi16(y, root); });
  } else if (inverse.shift == 16) {
    scale([&](__m256i y) {
      return _mm256_add_epi16(_mm256_mulhi_epi16(y, root),
                              _mm256_srli_epi16(_mm256_mullo_epi16(y, root), 15));
    });
  } else if (inverse.shift > 16) {
    const __m128i count = _mm_cvtsi32_si128(inverse.shift - 16);
    const __m256i half = _mm256_set1_epi16(static_cast<int16_t>(1 << (inverse.shift - 17)));
    scale([&](__m256i y) {
      return _mm256_sra_epi16(_mm256_add_epi16(_mm256_mulhi_epi16(y, root), half), count);
    });
  } else {
    const Rounding rounding(inverse.shift);
    scale([&](__m256i y) { return Narrow(rounding(Multiply16(y, root))); });
  }
}

template <uint8_t kFlip>
QuantizedScale Quantize(const int16_t* x, int size, uint8_t* q) {
  __m256i largest = _mm256_setzero_si256();
  for (int i = 0; i < size; i += kGroup) {
    largest = _mm256_max_epi16(largest, _mm256_abs_epi16(Load(x + i)));
  }
  return QuantizeBy<kFlip>(LargestWord(largest), x, size, q);
}

// now + Round((before - now) * mix, 14) for sixteen words, as one sum of two products if the second
// factor, 2^14 - mix, fits in 16 bits.
inline __m256i Shifted(__m256i now, __m256i before, __m256i mix) {
  const __m256i rest = _mm256_sub_epi16(_mm256_set1_epi16(1 << kMixFraction), mix);
  const Rounding rounding(kMixFraction);
  return Narrow(rounding(
      {_mm256_madd_epi16(_mm256_unpacklo_epi16(before, now), _mm256_unpacklo_epi16(mix, rest)),
       _mm256_madd_epi16(_mm256_unpackhi_epi16(before, now), _mm256_unpackhi_epi16(mix, rest))}));
}

// The same for any mix.
inline __m256i ShiftedFar(__m256i now, __m256i before, __m256i mix) {
  const __m256i minus = _mm256_sub_epi16(_mm256_setzero_si256(), mix);
  const Rounding rounding(kMixFraction);
  const Longs moved = rounding(
      {_mm256_madd_epi16(_mm256_unpacklo_epi16(before, now), _mm256_unpacklo_epi16(mix, minus)),
       _mm256_madd_epi16(_mm256_unpackhi_epi16(before, now), _mm256_unpackhi_epi16(mix, minus))});
  return Narrow(
      {_mm256_add_epi32(moved.low, _mm256_srai_epi32(_mm256_unpacklo_epi16(now, now), 16)),
       _mm256_add_epi32(moved.high, _mm256_srai_epi32(_mm256_unpackhi_epi16(now, now), 16))});
}

template <uint8_t kFlip>
QuantizedScale MixQuantize(const int16_t* now, const int16_t* before, const MixWeights& mix,
                           int size, int16_t* scratch, uint8_t* q) {
  __m256i largest = _mm256_setzero_si256();
  const auto shift = [&](const auto& shifted) __attribute__((always_inline)) {
    for (int i = 0; i < size; i += kGroup) {
      const __m256i moved = shifted(Load(now + i), Load(before + i), Load(mix.weights + i));
      Store(scratch + i, moved);
      largest = _mm256_max_epi16(largest, _mm256_abs_epi16(moved));
    }
  };
  if (mix.least > (1 << kMixFraction) - (1 << 15)) {
    shift(Shifted);
  } else {
    shift(ShiftedFar);
  }
  return QuantizeBy<kFlip>(LargestWord(largest), scratch, size, q);
}

template <uint8_t kFlip>
QuantizedScale ProductQuantize(const int16_t* a, const int16_t* b, int size, int32_t* scratch,
                               uint8_t* q) {
  __m256i largest = _mm256_setzero_si256();
  for (int i = 0; i < size; i += kGroup) {
    const Longs y = Multiply16(Load(a + i), Load(b + i));
    StoreLongs(scratch + i, y);
    largest = _mm256_max_epi32(largest,
                               _mm256_max_epi32(_mm256_abs_epi32(y.low), _mm256_abs_epi32(y.high)));
  }
  Quantizer by(LargestLong(largest));
  const QuantizedScale scale = by.scale();
  const __m128i right = _mm_cvtsi32_si128(by.shift < 0 ? -by.shift : 0);
  by.shift = by.shift > 0 ? by.shift : 0;
  const WordQuantizer words(by);
  for (int i = 0; i < size; i += kGroup) {
    const Longs y = LoadLongs(scratch + i);
    StoreQuantised<kFlip>(q + i, words(_mm256_packs_epi32(_mm256_sra_epi32(y.low, right),
                                                          _mm256_sra_epi32(y.high, right))));
  }
  return scale;
}

template <uint8_t kFlip>
QuantizedScale SquareQuantize(const ScaledSums& sums, int size, int16_t* scratch, uint8_t* q) {
  const Scaling y(sums, 0);
  const __m256i zero = _mm256_setzero_si256();
  __m256i highest = zero;
  for (int i = 0; i < size; i += kGroup) {
    const __m256i scaled = _mm256_mulhrs_epi16(Reorder(y.Narrowed(i)), Load(sums.row_scale + i));
    const __m256i positive = _mm256_max_epi16(scaled, zero);
    Store(scratch + i, positive);
    highest = _mm256_max_epi16(highest, positive);
  }
  const SquareQuantizer by(LargestWord(highest));
  const __m128i left = _mm_cvtsi32_si128(by.root_shift);
  const WordQuantizer words(by.square);
  for (int i = 0; i < size; i += kGroup) {
    const __m256i r = _mm256_sll_epi16(Load(scratch + i), left);
    StoreQuantised<kFlip>(q + i, words(_mm256_mulhrs_epi16(r, r)));
  }
  return by.scale(sums.mantissa);
}

// h + Round(D * (u >> 8) + Round(D * (u & 255), 8), 8) (spec 3.5).
inline __m256i NextState(__m256i h, __m256i value, __m256i u) {
  const Rounding byte(8);
  const __m256i difference = _mm256_sub_epi32(Clamp(value, kStateLimit), h);
  const __m256i low =
      byte(_mm256_mullo_epi32(difference, _mm256_and_si256(u, _mm256_set1_epi32(255))));
  const __m256i high = _mm256_mullo_epi32(difference, _mm256_srli_epi32(u, 8));
  return _mm256_add_epi32(h, byte(_mm256_add_epi32(high, low)));
}

// The entries of kSigmoidTable for sixteen numbers 4096 + z. Put together in general registers:
// faster than gather instructions, and than storing sixteen words for a vector load that must wait
// for them.
inline __m256i SigmoidsAt(const uint16_t* at) {
  const auto four = [&](int i) __attribute__((always_inline)) {
    const uint16_t* const table = kSigmoidTable.data();
    const uint32_t low = table[at[i]] | uint32_t{table[at[i + 1]]} << 16;
    const uint32_t high = table[at[i + 2]] | uint32_t{table[at[i + 3]]} << 16;
    return static_cast<int64_t>(low | uint64_t{high} << 32);
  };
  return _mm256_set_epi64x(four(12), four(8), four(4), four(0));
}

inline __m256i ClampGate(__m256i z) {
  return _mm256_max_epi16(_mm256_min_epi16(z, _mm256_set1_epi16(kGateLimit)),
                          _mm256_set1_epi16(-kGateLimit));
}

void UpdateState(const ScaledSums& value_sums, const ScaledSums& forget_sums, const int16_t* bias,
                 int size, uint16_t* scratch, int32_t* state) {
  const Scaling value(value_sums, value_sums.shift), forget(forget_sums, forget_sums.shift);
  for (int i = 0; i < size; i += kGroup) {
    const Longs f = forget(i), b = LoadWidened(bias + i);
    const __m256i z = Reorder(
        _mm256_packs_epi32(_mm256_add_epi32(f.low, b.low), _mm256_add_epi32(f.high, b.high)));
    Store(scratch + i, _mm256_sub_epi16(_mm256_set1_epi16(4096), ClampGate(z)));
  }
  for (int i = 0; i < size; i += kGroup) {
    const __m256i u = SigmoidsAt(scratch + i);
    const Longs v = value(i), h = LoadLongs(state + i);
    StoreLongs(state + i,
               {NextState(h.low, v.low, _mm256_cvtepu16_epi32(_mm256_castsi256_si128(u))),
                NextState(h.high, v.high, _mm256_cvtepu16_epi32(_mm256_extracti128_si256(u, 1)))});
  }
}

void Silu(const ScaledSums& sums, int size, uint16_t* scratch, int16_t* out) {
  const Scaling gate(sums, sums.shift);
  constexpr int kDrop = kSiluFraction - kGateFraction;
  for (int i = 0; i < size; i += kGroup) {
    const __m256i g = Reorder(Narrow(gate(i)));
    // That the addition saturates changes nothing: those numbers are limited next.
    const __m256i half = _mm256_set1_epi16(1 << (kDrop - 1));
    const __m256i z = ClampGate(_mm256_srai_epi16(_mm256_adds_epi16(g, half), kDrop));
    Store(out + i, g);
    Store(scratch + i, _mm256_add_epi16(_mm256_set1_epi16(4096), z));
  }
  for (int i = 0; i < size; i += kGroup) {
    const __m256i g = Load(out + i), u = SigmoidsAt(scratch + i);
    // The upper half of signed g times unsigned u, rounded by the highest bit of the lower half.
    const __m256i above = _mm256_and_si256(_mm256_srai_epi16(g, 15), u);
    const __m256i upper = _mm256_sub_epi16(_mm256_mulhi_epu16(g, u), above);
    Store(out + i, _mm256_add_epi16(upper, _mm256_srli_epi16(_mm256_mullo_epi16(g, u), 15)));
  }
}

void Add(const ScaledSums& y, int size, int32_t* x) {
  const int left = y.shift < 0 ? -y.shift : 0;
  const Scaling scaling(y, y.shift + left);
  const auto add_all = [&](const auto& addend) __attribute__((always_inline)) {
    for (int i = 0; i < size; i += kGroup) {
      const Longs v = scaling(i), to = LoadLongs(x + i);
      StoreLongs(x + i, {Clamp(_mm256_add_epi32(to.low, addend(v.low)), kResidualLimit),
                         Clamp(_mm256_add_epi32(to.high, addend(v.high)), kResidualLimit)});
    }
  };
  // Products are below 2^30: shifted by 5 or more they are within the limit.
  if (y.shift >= 5) {
    add_all([](__m256i v) { return v; });
  } else {
    const __m128i count = _mm_cvtsi32_si128(left);
    const int32_t limit = kResidualLimit >> left;
    add_all([&](__m256i v) { return _mm256_sll_epi32(Clamp(v, limit), count); });
  }
}

void ByteWeights(const ScaledSums& sums, const int32_t* bias, int32_t* scratch, uint32_t* weights) {
  const Scaling logit(sums, sums.shift);
  __m256i largest = _mm256_set1_epi32(INT32_MIN);
  for (int i = 0; i < 256; i += kGroup) {
    const Longs y = logit(i), b = LoadLongs(bias + i);
    const Longs sum = {_mm256_add_epi32(y.low, b.low), _mm256_add_epi32(y.high, b.high)};
    StoreLongs(scratch + i, sum);
    largest = _mm256_max_epi32(largest, _mm256_max_epi32(sum.low, sum.high));
  }
  const __m256i top = _mm256_set1_epi32(LargestLong(largest));
  for (int i = 0; i < 256; i += 8) {
    const __m256i below = _mm256_sub_epi32(top, Load(scratch + i));
    const __m256i entry =
        _mm256_i32gather_epi32(reinterpret_cast<const int*>(kExp2Table.data()),
                               _mm256_and_si256(below, _mm256_set1_epi32(1023)), sizeof(uint32_t));
    // A shift by 32 or more gives 0, as one by 31 would.
    const __m256i w = _mm256_srlv_epi32(entry, _mm256_srli_epi32(below, kLogitFraction));
    Store(weights + i, _mm256_max_epu32(w, _mm256_set1_epi32(1)));
  }
}

}  // namespace
}  // namespace lmz
