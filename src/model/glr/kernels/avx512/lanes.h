// What a vector of each lane comes down to (sums, roots, divisions), for sixteen lanes in one
// vector: the integers of quantizer.h. Anonymous for the reason given in cpu/kernel_builds.h.
#pragma once

#include <immintrin.h>

#include <cstdint>

#include "cpu/inverse_sqrt.h"
#include "model/glr/kernels/fixed_point.h"
#include "model/glr/kernels/network_kernels.h"
#include "model/glr/kernels/tables.h"

namespace lmz {
namespace {

static_assert(kLaneUnit == 16);

// 32-bit numbers: of sixteen lanes, or sixteen of one lane.
using Sixteen = __m512i;

inline Sixteen Longs1(int32_t v) {
  return _mm512_set1_epi32(v);
}

// A number of each lane, in memory for all passes over the lanes' vectors: to spread one of them
// is to load it.
struct alignas(64) LaneNumbers {
  LaneNumbers() = default;
  explicit LaneNumbers(Sixteen v) { _mm512_store_si512(of, v); }
  Sixteen Spread(int lane) const { return _mm512_set1_epi32(of[lane]); }
  int32_t of[kLaneUnit];
};

// The same for pairs of equal words.
inline LaneNumbers WordPairs(Sixteen v) {
  return LaneNumbers(_mm512_or_si512(v, _mm512_slli_epi32(v, 16)));
}

inline Sixteen MaxLongs(Sixteen a, Sixteen b) {
  return _mm512_max_epi32(a, b);
}
inline Sixteen MaxWords(Sixteen a, Sixteen b) {
  return _mm512_max_epi16(a, b);
}
inline Sixteen AddLongs(Sixteen a, Sixteen b) {
  return _mm512_add_epi32(a, b);
}

// v[0] .. v[15] become one vector with all numbers of v[i] taken together at place i.
template <Sixteen (*kTogether)(Sixteen, Sixteen)>
inline Sixteen Transposed(const Sixteen* v) {
  const auto two = [&](int i) __attribute__((always_inline)) {
    return kTogether(_mm512_unpacklo_epi32(v[i], v[i + 1]), _mm512_unpackhi_epi32(v[i], v[i + 1]));
  };
  const auto four = [&](int i) __attribute__((always_inline)) {
    const Sixteen a = two(i), b = two(i + 2);
    return kTogether(_mm512_unpacklo_epi64(a, b), _mm512_unpackhi_epi64(a, b));
  };
  const auto quarters = [](Sixteen a, Sixteen b) __attribute__((always_inline)) {
    return kTogether(_mm512_shuffle_i32x4(a, b, 0x88), _mm512_shuffle_i32x4(a, b, 0xDD));
  };
  return quarters(quarters(four(0), four(4)), quarters(four(8), four(12)));
}

// One vector for each lane, such as its largest numbers; those of lanes that there are not are 0.
struct LaneVectors {
  LaneVectors() = default;
  explicit LaneVectors(int lanes) { ClearBehind(lanes); }
  void ClearBehind(int lanes) {
    for (int lane = lanes; lane < kLaneUnit; ++lane) of[lane] = _mm512_setzero_si512();
  }
  Sixteen of[kLaneUnit];
};

inline Sixteen LargestLongs(const LaneVectors& v) {
  return Transposed<MaxLongs>(v.of);
}
// Of words >= 0.
inline Sixteen LargestWords(const LaneVectors& v) {
  const Sixteen pairs = Transposed<MaxWords>(v.of);
  return MaxLongs(_mm512_srli_epi32(pairs, 16), _mm512_and_si512(pairs, Longs1(0xFFFF)));
}
inline Sixteen Totals(const LaneVectors& v) {
  return Transposed<AddLongs>(v.of);
}

// What rounds a shift by so many bits (0 .. 31) to nearest, halves up.
inline Sixteen HalfOf(Sixteen shift) {
  return _mm512_srli_epi32(_mm512_sllv_epi32(Longs1(1), shift), 1);
}

// v << by, or v >> -by; logical shifts by 32 or more give 0.
inline Sixteen ShiftEitherWay(Sixteen v, Sixteen by) {
  const Sixteen back = _mm512_sub_epi32(_mm512_setzero_si512(), by);
  return _mm512_or_si512(_mm512_sllv_epi32(v, by), _mm512_srlv_epi32(v, back));
}

// Quantizer of each lane.
struct LaneQuantizers {
  explicit LaneQuantizers(Sixteen largest) {
    const Sixteen m = MaxLongs(largest, Longs1(1));
    shift = _mm512_sub_epi32(_mm512_lzcnt_epi32(m), Longs1(17));
    const Sixteen top = ShiftEitherWay(m, shift);
    const Sixteen place = _mm512_srli_epi32(_mm512_sub_epi32(top, Longs1(1 << 14)), 6);
    const Sixteen found = _mm512_i32gather_epi32(place, kFactorTable.data(), 1);
    factor = _mm512_and_si512(found, Longs1(0xFF));
    const Sixteen product = _mm512_mullo_epi32(factor, _mm512_add_epi32(top, Longs1(1)));
    const __mmask16 is_too_much = _mm512_cmpgt_epi32_mask(product, Longs1(255 * 16384 - 1));
    factor = _mm512_mask_sub_epi32(factor, is_too_much, factor, Longs1(1));
  }
  Sixteen mantissa() const {
    return _mm512_i32gather_epi32(_mm512_sub_epi32(factor, Longs1(127)), kMantissaTable.data(), 4);
  }
  void StoreScales(const LaneScales& to, int fraction) const {
    _mm512_storeu_si512(to.mantissa, mantissa());
    _mm512_storeu_si512(to.exponent, _mm512_add_epi32(shift, Longs1(6 + fraction)));
  }
  LaneNumbers Left() const { return WordPairs(MaxLongs(shift, _mm512_setzero_si512())); }
  LaneNumbers Right() const {
    const Sixteen zero = _mm512_setzero_si512();
    return LaneNumbers(MaxLongs(_mm512_sub_epi32(zero, shift), zero));
  }
  LaneNumbers Factor() const { return WordPairs(factor); }
  Sixteen shift;   // left if positive, right if negative
  Sixteen factor;  // 127 .. 254
};

// SquareQuantizer of each lane.
struct LaneSquareQuantizers {
  explicit LaneSquareQuantizers(Sixteen largest)
      : root_shift(LaneQuantizers(largest).shift), square(SquareOf(largest, root_shift)) {}
  // exponent: of the sums' input with what scaling adds.
  void StoreScales(const LaneScales& to, Sixteen mantissa, Sixteen exponent) const {
    const Sixteen unit = _mm512_srli_epi32(_mm512_mullo_epi32(mantissa, mantissa), 14);
    const Sixteen product = _mm512_mullo_epi32(square.mantissa(), unit);
    _mm512_storeu_si512(to.mantissa, _mm512_srli_epi32(product, 14));
    const Sixteen twice = _mm512_slli_epi32(_mm512_add_epi32(root_shift, exponent), 1);
    const Sixteen both = _mm512_add_epi32(square.shift, twice);
    _mm512_storeu_si512(to.exponent, _mm512_add_epi32(both, Longs1(6 - 43)));
  }
  static Sixteen SquareOf(Sixteen largest, Sixteen shift) {
    const Sixteen top = _mm512_sllv_epi32(MaxLongs(largest, Longs1(1)), shift);
    return _mm512_mulhrs_epi16(top, top);
  }
  Sixteen root_shift;
  LaneQuantizers square;
};

// InverseRoot of eight lanes' sums.
struct EightRoots {
  explicit EightRoots(__m512i sum) {
    const __m512i target = _mm512_set1_epi64(int64_t{1} << 44);
    const __m512i one = _mm512_set1_epi64(1);
    sum = _mm512_max_epu64(sum, one);
    const __m512i odd = _mm512_sub_epi64(_mm512_set1_epi64(64 - 15), _mm512_lzcnt_epi64(sum));
    const __m512i even = _mm512_andnot_si512(one, odd);
    const __m512i back = _mm512_sub_epi64(_mm512_setzero_si512(), even);
    const __m512i mantissa =
        _mm512_or_si512(_mm512_srlv_epi64(sum, even), _mm512_sllv_epi64(sum, back));
    const __m256i seeds = _mm512_i64gather_epi32(_mm512_srli_epi64(mantissa, 8),
                                                 kInverseSqrtSeeds.data(), sizeof(uint16_t));
    root = _mm512_cvtepu32_epi64(_mm256_and_si256(seeds, _mm256_set1_epi32(0xFFFF)));
    // As InverseSqrt, step by step.
    const auto product = [&](__m512i r) __attribute__((always_inline)) {
      return _mm512_mul_epu32(_mm512_mul_epu32(r, r), mantissa);
    };
    const __m512i error = _mm512_srai_epi64(_mm512_sub_epi64(target, product(root)), 22);
    root = _mm512_add_epi64(root, _mm512_srai_epi64(_mm512_mul_epi32(root, error), 23));
    root = _mm512_mask_sub_epi64(root, _mm512_cmpgt_epi64_mask(product(root), target), root, one);
    const __m512i next = _mm512_add_epi64(root, one);
    root = _mm512_mask_mov_epi64(root, _mm512_cmple_epi64_mask(product(next), target), next);
    root = _mm512_min_epi32(root, _mm512_set1_epi64(32767));
    shift = _mm512_add_epi64(_mm512_srai_epi64(even, 1), _mm512_set1_epi64(7));
  }
  __m512i root, shift;
};

// InverseRoot of each lane, for the sums of squares high * 2^16 + low and an epsilon that is
// shifted to the right.
struct LaneRoots {
  LaneRoots(Sixteen high, Sixteen low, uint64_t epsilon, Sixteen epsilon_shift) {
    const auto eight = [&]<int half>() __attribute__((always_inline)) {
      const auto wide = [](Sixteen v) __attribute__((always_inline)) {
        return _mm512_cvtepu32_epi64(half == 0 ? _mm512_castsi512_si256(v)
                                               : _mm512_extracti64x4_epi64(v, 1));
      };
      const __m512i sum = _mm512_add_epi64(_mm512_slli_epi64(wide(high), 16), wide(low));
      const __m512i all = _mm512_set1_epi64(static_cast<int64_t>(epsilon));
      return EightRoots(_mm512_add_epi64(sum, _mm512_srlv_epi64(all, wide(epsilon_shift))));
    };
    const auto join = [](__m512i a, __m512i b) __attribute__((always_inline)) {
      return _mm512_inserti64x4(_mm512_castsi256_si512(_mm512_cvtepi64_epi32(a)),
                                _mm512_cvtepi64_epi32(b), 1);
    };
    const EightRoots first = eight.template operator()<0>();
    const EightRoots second = eight.template operator()<1>();
    root = join(first.root, second.root);
    shift = join(first.shift, second.shift);
  }
  Sixteen root, shift;
};

}  // namespace
}  // namespace lmz
