// Those of the loops of token_loops.h by hand in which most time goes, for AVX-512: where compilers
// gather from tables that fit in registers, or widen more than they must. Anonymous for the reason
// given in cpu/kernel_builds.h.
#pragma once

#include <immintrin.h>

#include <cstdint>

#include "model/transformer/kernels/token_loops.h"

namespace lmz {
namespace {

// Numbers i .. i + 15 of `size`.
inline __mmask16 Within(int i, int size) {
  return static_cast<__mmask16>(size - i >= 16 ? 0xFFFF : (1 << (size - i)) - 1);
}

// Power of spec 6.1, its two tables in registers.
class PowerVector {
 public:
  PowerVector()
      : coarse_{Load(kCoarsePowers.data()), Load(kCoarsePowers.data() + 16)},
        fine_{Load(kFinePowers.data()), Load(kFinePowers.data() + 16)} {}
  // Indices count modulo 32; a shift by 32 or more gives 0, as one by 31 would.
  __m512i operator()(__m512i below) const {
    const __m512i coarse =
        _mm512_permutex2var_epi32(coarse_[0], _mm512_srli_epi32(below, 5), coarse_[1]);
    const __m512i fine = _mm512_permutex2var_epi32(fine_[0], below, fine_[1]);
    return _mm512_srlv_epi32(_mm512_mullo_epi32(coarse, fine), _mm512_srli_epi32(below, 10));
  }

 private:
  static __m512i Load(const uint32_t* from) { return _mm512_loadu_si512(from); }
  __m512i coarse_[2], fine_[2];
};

uint64_t VectorWeigh(const int32_t* scores, const int32_t* logs, int size, const ScorePeaks& peaks,
                     uint8_t* high, uint8_t* low) {
  const PowerVector power;
  const __m512i top = _mm512_set1_epi32(peaks.score), most = _mm512_set1_epi32(peaks.weighted);
  const __m512i one = _mm512_set1_epi32(1), rest = _mm512_set1_epi32(63);
  // At most 2^8 numbers of at most 2^22 in each.
  __m512i sum = _mm512_setzero_si512();
  for (int i = 0; i < size; i += 16) {
    const __m512i x = _mm512_loadu_si512(scores + i);
    sum = _mm512_add_epi32(sum, _mm512_srli_epi32(power(_mm512_sub_epi32(top, x)), 8));
    const __m512i weighted = _mm512_add_epi32(x, _mm512_loadu_si512(logs + i));
    const __m512i bits = _mm512_srli_epi32(power(_mm512_sub_epi32(most, weighted)), 17);
    const __m512i p = _mm512_srli_epi32(_mm512_add_epi32(bits, one), 1);
    _mm_storeu_si128(reinterpret_cast<__m128i*>(high + i),
                     _mm512_cvtepi32_epi8(_mm512_srli_epi32(p, 6)));
    _mm_storeu_si128(reinterpret_cast<__m128i*>(low + i),
                     _mm512_cvtepi32_epi8(_mm512_and_si512(p, rest)));
  }
  const __m512i even = _mm512_and_si512(sum, _mm512_set1_epi64(0xFFFFFFFF));
  const __m512i both = _mm512_add_epi64(even, _mm512_srli_epi64(sum, 32));
  return static_cast<uint64_t>(_mm512_reduce_add_epi64(both));
}

void VectorTokenWeights(uint32_t* logits, int size, int32_t largest) {
  const PowerVector power;
  const __m512i top = _mm512_set1_epi32(largest), one = _mm512_set1_epi32(1);
  for (int i = 0; i < size; i += 16) {
    const __mmask16 within = Within(i, size);
    const __m512i below = _mm512_sub_epi32(top, _mm512_maskz_loadu_epi32(within, logits + i));
    _mm512_mask_storeu_epi32(logits + i, within, _mm512_max_epu32(power(below), one));
  }
}

// y_i of spec 6.4 for sixteen c_i and s_i.
class ScaleVector {
 public:
  explicit ScaleVector(int shift)
      : half_(_mm512_set1_epi64(static_cast<int64_t>((uint64_t{1} << shift) >> 1))),
        count_(_mm_cvtsi32_si128(shift)) {}
  __m512i operator()(__m512i c, __m512i scale) const {
    const __m512i even = Rounded(_mm512_mul_epi32(c, scale));
    const __m512i odd =
        Rounded(_mm512_mul_epi32(_mm512_srli_epi64(c, 32), _mm512_srli_epi64(scale, 32)));
    return _mm512_mask_shuffle_epi32(even, 0xAAAA, odd, _MM_PERM_CCAA);
  }

 private:
  // The lower half of the shifted product is all there is to the result.
  __m512i Rounded(__m512i product) const {
    return _mm512_sra_epi64(_mm512_add_epi64(product, half_), count_);
  }
  __m512i half_;
  __m128i count_;
};

// As ForScaled, for sixteen rows at a time: take(i, within, y).
template <class Take>
[[gnu::always_inline]] inline void ForScaledVectors(const PlaneSums& sums, int size,
                                                    const Take& take) {
  const ScaleVector scaled(sums.shift);
  const int32_t limit =
      sums.shift < 16 ? static_cast<int32_t>((uint32_t{1} << (15 + sums.shift)) - 1) : INT32_MAX;
  const __m512i most = _mm512_set1_epi32(limit), least = _mm512_set1_epi32(-limit);
  const bool has_low = sums.low != nullptr;
  const __m256i mantissa = _mm256_set1_epi16(sums.mantissa);
  const __m128i up = _mm_cvtsi32_si128(7 - sums.low_shift),
                down = _mm_cvtsi32_si128(sums.low_shift);
  const __m512i half = _mm512_set1_epi32((1 << sums.low_shift) >> 1);
  for (int i = 0; i < size; i += 16) {
    const __mmask16 within = Within(i, size);
    __m512i c = _mm512_maskz_loadu_epi32(within, sums.high + i);
    __m256i scale = _mm256_maskz_loadu_epi16(within, sums.row_scale + i);
    if (has_low) {
      const __m512i low = _mm512_maskz_loadu_epi32(within, sums.low + i);
      c = _mm512_add_epi32(_mm512_sll_epi32(c, up),
                           _mm512_sra_epi32(_mm512_add_epi32(low, half), down));
    } else {
      scale = _mm256_mulhrs_epi16(scale, mantissa);
    }
    c = _mm512_max_epi32(_mm512_min_epi32(c, most), least);
    take(i, within, scaled(c, _mm512_cvtepi16_epi32(scale)));
  }
}

void VectorScale(const PlaneSums& sums, int size, int32_t* out) {
  ForScaledVectors(
      sums, size, [=](int i, __mmask16 within, __m512i y) __attribute__((always_inline)) {
        _mm512_mask_storeu_epi32(out + i, within, y);
      });
}

void VectorAdd(const PlaneSums& sums, int size, int32_t* x) {
  const __m512i most = _mm512_set1_epi32(kStreamLimit), least = _mm512_set1_epi32(-kStreamLimit);
  ForScaledVectors(
      sums, size, [=](int i, __mmask16 within, __m512i y) __attribute__((always_inline)) {
        const __m512i sum = _mm512_add_epi32(_mm512_maskz_loadu_epi32(within, x + i), y);
        _mm512_mask_storeu_epi32(x + i, within,
                                 _mm512_max_epi32(_mm512_min_epi32(sum, most), least));
      });
}

}  // namespace
}  // namespace lmz
