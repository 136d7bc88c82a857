// What the passes over the vectors of a unit of lanes have in common: sums as fixed-point numbers,
// and words as quantised bytes. Anonymous for the reason given in cpu/kernel_builds.h.
#pragma once

#include <immintrin.h>

#include <cstdint>

#include "model/glr/kernels/avx512/lanes.h"
#include "model/glr/kernels/avx512/vector_avx512.h"
#include "model/glr/kernels/fixed_point.h"
#include "model/glr/kernels/lane_by_lane.h"
#include "model/glr/kernels/network_kernels.h"

namespace lmz {
namespace {

inline constexpr int kWordGroup = 32;  // words of a vector
inline constexpr int kLongGroup = 16;

inline Sixteen LoadSixteen(const void* from) {
  return _mm512_loadu_si512(from);
}
inline void StoreSixteen(void* to, Sixteen v) {
  _mm512_storeu_si512(to, v);
}
inline Sixteen Clamped(Sixteen v, Sixteen limit, Sixteen least) {
  return _mm512_max_epi32(_mm512_min_epi32(v, limit), least);
}
// Two vectors of longs as one of words, -32767 .. 32767, whose quarters of 64 bits alternate.
inline Sixteen Packed(Sixteen low, Sixteen high) {
  return _mm512_max_epi16(_mm512_packs_epi32(low, high), _mm512_set1_epi16(-kInt16Limit));
}

// ScaledSums of a unit of lanes as fixed-point numbers (spec 3.3).
struct LaneScaling {
  LaneScaling(const ScaledSums& y, int fraction, int least_shift = 0)
      : sums(y.sums), mantissa(y.input.mantissa), count(Longs1(y.sum_shift)), half(HalfOf(count)) {
    const Sixteen exponent = LoadSixteen(y.input.exponent);
    const Sixteen wanted = _mm512_add_epi32(exponent, Longs1(y.base_exponent - fraction));
    shift = Clamped(wanted, Longs1(31), Longs1(least_shift));
    const Sixteen right = MaxLongs(shift, _mm512_setzero_si512());
    shifts = LaneNumbers(right);
    halves = LaneNumbers(HalfOf(right));
  }
  Sixteen Shifted(int lane, int i) const {
    const Sixteen sum = LoadSixteen(RowOf(sums, lane) + i);
    return _mm512_srav_epi32(_mm512_add_epi32(sum, half), count);
  }
  // row_scale: of numbers i .. i + 15.
  Sixteen operator()(int lane, int i, Sixteen row_scale) const {
    const Sixteen narrowed = Clamped(Shifted(lane, i), Longs1(kInt16Limit), Longs1(-kInt16Limit));
    const Sixteen scale = _mm512_mulhrs_epi16(row_scale, Longs1(mantissa[lane]));
    const Sixteen product = _mm512_dpwssd_epi32(halves.Spread(lane), narrowed, scale);
    return _mm512_srav_epi32(product, shifts.Spread(lane));
  }
  Rows<const int32_t> sums;
  const int32_t* mantissa;
  Sixteen count, half;
  Sixteen shift;  // with those below 0, which shift to the left afterwards
  LaneNumbers shifts, halves;
};

inline Sixteen RowScales(const int16_t* row_scale) {
  return _mm512_cvtepu16_epi32(_mm256_loadu_si256(reinterpret_cast<const __m256i*>(row_scale)));
}

// Words of one lane, 32 at `i`, as `quantised` bytes. `Order`: of the bytes that packing two
// vectors of words makes.
template <class Order, class Quantised>
inline void StoreQuantised(uint8_t* q, int size, uint8_t flip, const Quantised& quantised) {
  const Sixteen flips = _mm512_set1_epi8(static_cast<char>(flip));
  int i = 0;
  for (; i + 2 * kWordGroup <= size; i += 2 * kWordGroup) {
    const Sixteen bytes = _mm512_packs_epi16(quantised(i), quantised(i + kWordGroup));
    StoreSixteen(q + i, _mm512_xor_si512(Order::Ascending(bytes), flips));
  }
  if (i < size) {
    const Sixteen bytes = _mm512_packs_epi16(quantised(i), _mm512_setzero_si512());
    _mm256_storeu_si256(reinterpret_cast<__m256i*>(q + i),
                        _mm512_castsi512_si256(_mm512_xor_si512(Order::Ascending(bytes), flips)));
  }
}
// Of ascending words.
struct WordOrder {
  static Sixteen Ascending(Sixteen bytes) { return Avx512Vector::AscendingFromPacked(bytes); }
};
// Of words as Packed leaves them.
struct PackedOrder {
  static Sixteen Ascending(Sixteen bytes) {
    const Sixteen order = _mm512_set_epi32(15, 11, 7, 3, 14, 10, 6, 2, 13, 9, 5, 1, 12, 8, 4, 0);
    return _mm512_permutexvar_epi32(order, bytes);
  }
};

// What a LaneQuantizers does to the words of a lane.
struct WordQuantizers {
  explicit WordQuantizers(const LaneQuantizers& by) : left(by.Left()), factor(by.Factor()) {}
  struct OfLane {
    Sixteen operator()(Sixteen words) const {
      return _mm512_mulhrs_epi16(_mm512_sllv_epi16(words, left), factor);
    }
    Sixteen left, factor;
  };
  OfLane Of(int lane) const { return {left.Spread(lane), factor.Spread(lane)}; }
  LaneNumbers left, factor;
};

// Quantises words [lanes][size].
inline void QuantizeWords(Rows<const int16_t> words, const LaneVectors& largest, int lanes,
                          int size, int fraction, uint8_t flip, const QuantizedRows& out) {
  const LaneQuantizers by(LargestWords(largest));
  by.StoreScales(out.scales, fraction);
  const WordQuantizers quantizers(by);
  for (int lane = 0; lane < lanes; ++lane) {
    const auto quantised = quantizers.Of(lane);
    const int16_t* const from = RowOf(words, lane);
    StoreQuantised<WordOrder>(RowOf(out.q, lane), size, flip,
                              [&](int i) { return quantised(LoadSixteen(from + i)); });
  }
}

}  // namespace
}  // namespace lmz
