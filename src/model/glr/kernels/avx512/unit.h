// The elementwise part of the network kernels for up to sixteen lanes at once, by AVX-512: the same
// integers as elementwise.h. The vectors of a lane are short, so that what takes time in them is
// what they come down to; lanes.h works that out for all lanes together, and each kernel is a pass
// over all lanes before it and one behind it.
//
// `Unit` has the kernels for one unit of lanes; V is a vector class (vector_avx512.h) with two
// functions more: LookUp16, which finds sixteen words of a table, and StayAwake, which is called
// every one or two hundred nanoseconds. Sizes are multiples of kWordGroup. Anonymous for the reason
// given in cpu/kernel_builds.h.
#pragma once

#include <immintrin.h>

#include <cstdint>

#include "model/glr/kernels/avx512/lanes.h"
#include "model/glr/kernels/avx512/mixes.h"
#include "model/glr/kernels/avx512/vectors.h"
#include "model/glr/kernels/fixed_point.h"
#include "model/glr/kernels/lane_by_lane.h"
#include "model/glr/kernels/network_kernels.h"
#include "model/glr/kernels/tables.h"

namespace lmz {
namespace {

// state + sigmoid * (value - state) as spec 3.5 rounds it, floor((d * u + 2^15 + 2^7) / 2^16) for
// the difference d and the sigmoid u: u - 2^15 fits in a word, and d in words of 15 bits.
inline Sixteen NextStates(Sixteen state, Sixteen value, Sixteen sigmoid) {
  const Sixteen difference = _mm512_sub_epi32(value, state);
  const Sixteen below = _mm512_xor_si512(sigmoid, Longs1(1 << 15));
  const Sixteen low = _mm512_and_si512(difference, Longs1((1 << 15) - 1));
  const Sixteen carry =
      _mm512_srai_epi32(_mm512_dpwssd_epi32(Longs1((1 << 15) + (1 << 7)), low, below), 15);
  const Sixteen high = _mm512_srai_epi32(difference, 15);
  const Sixteen twice = _mm512_dpwssd_epi32(_mm512_add_epi32(difference, carry), high, below);
  return _mm512_add_epi32(state, _mm512_srai_epi32(twice, 1));
}

template <class V, uint8_t kFlip>
struct Unit {
  static void Normalize(Rows<const int32_t> x, int lanes, int size, uint64_t epsilon,
                        const int16_t* weight, Rows<int16_t> out) {
    V::StayAwake();
    LaneVectors largest(lanes), all(lanes), high(lanes);
    for (int lane = 0; lane < lanes; ++lane) {
      const int32_t* const from = RowOf(x, lane);
      Sixteen even = _mm512_setzero_si512(), odd = even;
      for (int i = 0; i < size; i += kWordGroup) {
        even = MaxLongs(even, _mm512_abs_epi32(LoadSixteen(from + i)));
        odd = MaxLongs(odd, _mm512_abs_epi32(LoadSixteen(from + i + kLongGroup)));
      }
      largest.of[lane] = MaxLongs(even, odd);
    }
    V::StayAwake();
    // Down to 15 bits.
    const Sixteen zeros = _mm512_lzcnt_epi32(LargestLongs(largest));
    const Sixteen drop = MaxLongs(_mm512_sub_epi32(Longs1(32 - 15), zeros), Longs1(0));
    const LaneNumbers drops(drop), drop_halves(HalfOf(drop));
    // All of the squares modulo 2^32 and their upper halves: the difference is the sum of the
    // lower halves.
    for (int lane = 0; lane < lanes; ++lane) {
      const int32_t* const from = RowOf(x, lane);
      int16_t* const to = RowOf(out, lane);
      const Sixteen by = drops.Spread(lane), half = drop_halves.Spread(lane);
      Sixteen sum = _mm512_setzero_si512(), sum_high = sum;
      const auto dropped = [&](int i) __attribute__((always_inline)) {
        return _mm512_srav_epi32(_mm512_add_epi32(LoadSixteen(from + i), half), by);
      };
      for (int i = 0; i < size; i += kWordGroup) {
        const Sixteen y = V::AscendingFromPacked(Packed(dropped(i), dropped(i + kLongGroup)));
        StoreSixteen(to + i, y);
        const Sixteen squares = _mm512_madd_epi16(y, y);
        sum = _mm512_add_epi32(sum, squares);
        sum_high = _mm512_add_epi32(sum_high, _mm512_srli_epi32(squares, 16));
      }
      all.of[lane] = sum;
      high.of[lane] = sum_high;
    }
    V::StayAwake();
    const Sixteen total_high = Totals(high);
    const Sixteen low = _mm512_sub_epi32(Totals(all), _mm512_slli_epi32(total_high, 16));
    const LaneRoots by(total_high, low, epsilon, _mm512_slli_epi32(drop, 1));
    V::StayAwake();
    const LaneNumbers roots(by.root), shifts(by.shift), halves(HalfOf(by.shift));
    for (int lane = 0; lane < lanes; ++lane) {
      int16_t* const to = RowOf(out, lane);
      const Sixteen root = roots.Spread(lane), half = halves.Spread(lane);
      const Sixteen shift = shifts.Spread(lane), zero = _mm512_setzero_si512();
      const auto unit = [&](Sixteen pairs) __attribute__((always_inline)) {
        return _mm512_srav_epi32(_mm512_dpwssd_epi32(half, pairs, root), shift);
      };
      for (int i = 0; i < size; i += kWordGroup) {
        const Sixteen y = LoadSixteen(to + i);
        const Sixteen units =
            Packed(unit(_mm512_unpacklo_epi16(y, zero)), unit(_mm512_unpackhi_epi16(y, zero)));
        StoreSixteen(to + i, _mm512_mulhrs_epi16(units, LoadSixteen(weight + i)));
      }
    }
  }

  static void Quantize(Rows<const int16_t> x, int lanes, int size, int fraction,
                       const QuantizedRows& out) {
    LaneVectors largest(lanes);
    for (int lane = 0; lane < lanes; ++lane) {
      const int16_t* const from = RowOf(x, lane);
      Sixteen most = _mm512_setzero_si512();
      for (int i = 0; i < size; i += kWordGroup) {
        most = MaxWords(most, _mm512_abs_epi16(LoadSixteen(from + i)));
      }
      largest.of[lane] = most;
    }
    QuantizeWords(x, largest, lanes, size, fraction, kFlip, out);
  }

  template <class Mix, int kCount>
  static void ShiftBy(Rows<const int16_t> now, Rows<int16_t> before, const MixWeights* mixes,
                      int lanes, int size, int fraction, int16_t* scratch,
                      const QuantizedRows* out) {
    LaneVectors largest[kCount];
    for (int k = 0; k < kCount; ++k) largest[k].ClearBehind(lanes);
    MixAll<V, Mix, kCount>(now, before, mixes, lanes, size, scratch, largest);
    for (int k = 0; k < kCount; ++k) {
      V::StayAwake();
      const Rows<const int16_t> moved = {scratch + ptrdiff_t{k} * lanes * size, size};
      QuantizeWords(moved, largest[k], lanes, size, fraction, kFlip, out[k]);
    }
  }

  static void ProductQuantize(Rows<const int16_t> a, Rows<const int16_t> b, int lanes, int size,
                              int fraction, int32_t* scratch, const QuantizedRows& out) {
    LaneVectors largest(lanes);
    for (int lane = 0; lane < lanes; ++lane) {
      const int16_t *const x = RowOf(a, lane), *const y = RowOf(b, lane);
      int32_t* const to = scratch + ptrdiff_t{lane} * size;
      Sixteen most = _mm512_setzero_si512();
      for (int i = 0; i < size; i += kWordGroup) {
        const Sixteen u = LoadSixteen(x + i), v = LoadSixteen(y + i);
        const Sixteen lower = _mm512_mullo_epi16(u, v), upper = _mm512_mulhi_epi16(u, v);
        const Sixteen first = _mm512_unpacklo_epi16(lower, upper);
        const Sixteen second = _mm512_unpackhi_epi16(lower, upper);
        StoreSixteen(to + i, first);
        StoreSixteen(to + i + kLongGroup, second);
        most = MaxLongs(most, MaxLongs(_mm512_abs_epi32(first), _mm512_abs_epi32(second)));
      }
      largest.of[lane] = most;
    }
    V::StayAwake();
    const LaneQuantizers by(LargestLongs(largest));
    by.StoreScales(out.scales, fraction);
    const WordQuantizers quantizers(by);
    const LaneNumbers rights = by.Right();
    for (int lane = 0; lane < lanes; ++lane) {
      const auto quantised = quantizers.Of(lane);
      const Sixteen right = rights.Spread(lane);
      const int32_t* const from = scratch + ptrdiff_t{lane} * size;
      StoreQuantised<WordOrder>(RowOf(out.q, lane), size, kFlip, [&](int i) {
        const Sixteen first = _mm512_srav_epi32(LoadSixteen(from + i), right);
        const Sixteen second = _mm512_srav_epi32(LoadSixteen(from + i + kLongGroup), right);
        return quantised(_mm512_packs_epi32(first, second));
      });
    }
  }

  static void SquareQuantize(const ScaledSums& y, int lanes, int size, int16_t* scratch,
                             const QuantizedRows& out) {
    const LaneScaling scaling(y, 0);
    LaneVectors largest(lanes);
    const Sixteen zero = _mm512_setzero_si512();
    for (int lane = 0; lane < lanes; ++lane) {
      if (lane % 4 == 0) V::StayAwake();
      int16_t* const to = scratch + ptrdiff_t{lane} * size;
      Sixteen most = zero;
      for (int i = 0; i < size; i += kWordGroup) {
        const Sixteen row_scale = V::PackedFromAscending(LoadSixteen(y.row_scale + i));
        const Sixteen narrowed =
            Packed(scaling.Shifted(lane, i), scaling.Shifted(lane, i + kLongGroup));
        const Sixteen positive = MaxWords(_mm512_mulhrs_epi16(narrowed, row_scale), zero);
        StoreSixteen(to + i, positive);
        most = MaxWords(most, positive);
      }
      largest.of[lane] = most;
    }
    V::StayAwake();
    const LaneSquareQuantizers by(LargestWords(largest));
    const Sixteen exponent = LoadSixteen(y.input.exponent);
    by.StoreScales(out.scales, LoadSixteen(y.input.mantissa),
                   _mm512_add_epi32(exponent, Longs1(y.base_exponent)));
    const WordQuantizers quantizers(by.square);
    const LaneNumbers lefts = WordPairs(by.root_shift);
    for (int lane = 0; lane < lanes; ++lane) {
      const auto quantised = quantizers.Of(lane);
      const Sixteen left = lefts.Spread(lane);
      const int16_t* const from = scratch + ptrdiff_t{lane} * size;
      StoreQuantised<PackedOrder>(RowOf(out.q, lane), size, 0, [&](int i) {
        const Sixteen r = _mm512_sllv_epi16(LoadSixteen(from + i), left);
        return quantised(_mm512_mulhrs_epi16(r, r));
      });
    }
  }

  static void UpdateState(const ScaledSums& value_sums, const ScaledSums& forget_sums,
                          const int16_t* bias, int lanes, int size, Rows<int32_t> state) {
    const LaneScaling value(value_sums, kStateFraction), forget(forget_sums, kGateFraction);
    for (int lane = 0; lane < lanes; ++lane) {
      if (lane % 4 == 0) V::StayAwake();
      int32_t* const at = RowOf(state, lane);
      for (int i = 0; i < size; i += kLongGroup) {
        const Sixteen more =
            _mm512_cvtepi16_epi32(_mm256_loadu_si256(reinterpret_cast<const __m256i*>(bias + i)));
        const Sixteen gate =
            _mm512_add_epi32(forget(lane, i, RowScales(forget_sums.row_scale + i)), more);
        const Sixteen z = Clamped(gate, Longs1(kGateLimit), Longs1(-kGateLimit));
        const Sixteen sigmoid =
            V::LookUp16(kSigmoidTable.data(), _mm512_sub_epi32(Longs1(4096), z));
        const Sixteen v = Clamped(value(lane, i, RowScales(value_sums.row_scale + i)),
                                  Longs1(kStateLimit), Longs1(-kStateLimit));
        StoreSixteen(at + i, NextStates(LoadSixteen(at + i), v, sigmoid));
      }
    }
  }

  static void Silu(const ScaledSums& y, int lanes, int size, Rows<int16_t> out) {
    const LaneScaling gate(y, kSiluFraction);
    constexpr int kDrop = kSiluFraction - kGateFraction;
    const auto silu = [&](int lane, int i) __attribute__((always_inline)) {
      const Sixteen g = Clamped(gate(lane, i, RowScales(y.row_scale + i)), Longs1(kInt16Limit),
                                Longs1(-kInt16Limit));
      const Sixteen rounded =
          _mm512_srai_epi32(_mm512_add_epi32(g, Longs1(1 << (kDrop - 1))), kDrop);
      const Sixteen z = Clamped(rounded, Longs1(kGateLimit), Longs1(-kGateLimit));
      const Sixteen sigmoid = V::LookUp16(kSigmoidTable.data(), _mm512_add_epi32(Longs1(4096), z));
      const Sixteen product = _mm512_mullo_epi32(g, sigmoid);
      return _mm512_srai_epi32(_mm512_add_epi32(product, Longs1(1 << 15)), 16);
    };
    for (int lane = 0; lane < lanes; ++lane) {
      if (lane % 4 == 0) V::StayAwake();
      int16_t* const to = RowOf(out, lane);
      for (int i = 0; i < size; i += kWordGroup) {
        const Sixteen words = _mm512_packs_epi32(silu(lane, i), silu(lane, i + kLongGroup));
        StoreSixteen(to + i, V::AscendingFromPacked(words));
      }
    }
  }

  static void Add(const ScaledSums& y, int lanes, int size, Rows<int32_t> x) {
    const LaneScaling scaling(y, kResidualFraction, kLeastAddShift);
    // Products are below 2^30: shifted by 5 or more they are within the limit.
    const bool is_within = _mm512_cmplt_epi32_mask(scaling.shift, Longs1(5)) == 0;
    const Sixteen zero = _mm512_setzero_si512();
    const Sixteen left = MaxLongs(_mm512_sub_epi32(zero, scaling.shift), zero);
    const LaneNumbers lefts(left), limits(_mm512_srlv_epi32(Longs1(kResidualLimit), left));
    const auto add = [&](const auto& addend) __attribute__((always_inline)) {
      for (int lane = 0; lane < lanes; ++lane) {
        if (lane % 4 == 0) V::StayAwake();
        int32_t* const at = RowOf(x, lane);
        for (int i = 0; i < size; i += kLongGroup) {
          const Sixteen more = addend(lane, scaling(lane, i, RowScales(y.row_scale + i)));
          StoreSixteen(at + i, Clamped(_mm512_add_epi32(LoadSixteen(at + i), more),
                                       Longs1(kResidualLimit), Longs1(-kResidualLimit)));
        }
      }
    };
    if (is_within) return add([](int, Sixteen v) { return v; });
    add([&](int lane, Sixteen v) {
      const Sixteen limit = limits.Spread(lane);
      return _mm512_sllv_epi32(Clamped(v, limit, _mm512_sub_epi32(zero, limit)),
                               lefts.Spread(lane));
    });
  }

  static void ByteWeights(const ScaledSums& y, const int32_t* bias, int lanes, int32_t* scratch,
                          uint32_t* weights) {
    const LaneScaling logit(y, kLogitFraction);
    for (int lane = 0; lane < lanes; ++lane) {
      Sixteen top = Longs1(INT32_MIN);
      for (int i = 0; i < 256; i += kLongGroup) {
        const Sixteen v =
            _mm512_add_epi32(logit(lane, i, RowScales(y.row_scale + i)), LoadSixteen(bias + i));
        StoreSixteen(scratch + i, v);
        top = MaxLongs(top, v);
      }
      top = Longs1(V::Largest32(top));
      for (int i = 0; i < 256; i += kLongGroup) {
        const Sixteen below = _mm512_sub_epi32(top, LoadSixteen(scratch + i));
        const Sixteen entry =
            _mm512_i32gather_epi32(_mm512_and_si512(below, Longs1(1023)), kExp2Table.data(), 4);
        // A shift by 32 or more gives 0, as one by 31 would.
        const Sixteen w = _mm512_srlv_epi32(entry, _mm512_srli_epi32(below, kLogitFraction));
        StoreSixteen(weights + lane * 256 + i, _mm512_max_epu32(w, Longs1(1)));
      }
    }
  }
};

}  // namespace
}  // namespace lmz
