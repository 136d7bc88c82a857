// now + (before - now) * mix (spec 3.4) for a unit of lanes. Anonymous for the reason given in
// cpu/kernel_builds.h.
#pragma once

#include <immintrin.h>

#include <cstdint>

#include "cpu/for_each.h"
#include "model/glr/kernels/avx512/lanes.h"
#include "model/glr/kernels/avx512/vectors.h"
#include "model/glr/kernels/fixed_point.h"
#include "model/glr/kernels/lane_by_lane.h"
#include "model/glr/kernels/network_kernels.h"

namespace lmz {
namespace {

// Mixes now and before, of pairs of which it makes pairs of words that are multiplied: with
// weights for both, if the one for `now` fits in 16 bits.
struct MixNear {
  static bool Suits(int16_t least_mix) { return least_mix >= (1 << kMixFraction) - kInt16Limit; }
  static Sixteen OfNow(Sixteen mix) {
    return _mm512_sub_epi16(_mm512_set1_epi16(1 << kMixFraction), mix);
  }
  static Sixteen Start(Sixteen) { return Longs1(1 << (kMixFraction - 1)); }
  static Sixteen Sum(Sixteen start, Sixteen both, Sixteen weights) {
    return _mm512_dpwssd_epi32(start, both, weights);
  }
};

// With -mix for `now`, if that fits in 16 bits, and `now` itself added with saturation.
struct MixSaturated {
  static bool Suits(int16_t least_mix) { return least_mix >= -kInt16Limit; }
  static Sixteen OfNow(Sixteen mix) { return _mm512_sub_epi16(_mm512_setzero_si512(), mix); }
  // now_high: `now` times 2^16.
  static Sixteen Start(Sixteen now_high) {
    return _mm512_add_epi32(_mm512_srai_epi32(now_high, 16 - kMixFraction),
                            Longs1(1 << (kMixFraction - 1)));
  }
  static Sixteen Sum(Sixteen start, Sixteen both, Sixteen weights) {
    return _mm512_dpwssds_epi32(start, both, weights);
  }
};

template <class V, class Mix, int kCount>
inline void MixAll(Rows<const int16_t> now, Rows<int16_t> before, const MixWeights* mixes,
                   int lanes, int size, int16_t* scratch, LaneVectors* largest) {
  const ptrdiff_t plane = ptrdiff_t{lanes} * size;
  const Sixteen zero = _mm512_setzero_si512();
  for (int i = 0; i < size; i += kWordGroup) {
    V::StayAwake();
    Sixteen low[kCount], high[kCount];
    ForEach<0, kCount>([&]<int k>() __attribute__((always_inline)) {
      const Sixteen mix = LoadSixteen(mixes[k].weights + i);
      low[k] = _mm512_unpacklo_epi16(mix, Mix::OfNow(mix));
      high[k] = _mm512_unpackhi_epi16(mix, Mix::OfNow(mix));
    });
    for (int lane = 0; lane < lanes; ++lane) {
      int16_t* const from = RowOf(before, lane) + i;
      const Sixteen x = LoadSixteen(RowOf(now, lane) + i), past = LoadSixteen(from);
      StoreSixteen(from, x);
      const Sixteen both_low = _mm512_unpacklo_epi16(past, x);
      const Sixteen both_high = _mm512_unpackhi_epi16(past, x);
      const Sixteen start_low = Mix::Start(_mm512_unpacklo_epi16(zero, x));
      const Sixteen start_high = Mix::Start(_mm512_unpackhi_epi16(zero, x));
      int16_t* const to = scratch + lane * size + i;
      ForEach<0, kCount>([&]<int k>() __attribute__((always_inline)) {
        const Sixteen sum_low = Mix::Sum(start_low, both_low, low[k]);
        const Sixteen sum_high = Mix::Sum(start_high, both_high, high[k]);
        const Sixteen moved = Packed(_mm512_srai_epi32(sum_low, kMixFraction),
                                     _mm512_srai_epi32(sum_high, kMixFraction));
        StoreSixteen(to + k * plane, moved);
        const Sixteen so_far = i == 0 ? zero : largest[k].of[lane];
        largest[k].of[lane] = _mm512_max_epi16(so_far, _mm512_abs_epi16(moved));
      });
    }
  }
}

}  // namespace
}  // namespace lmz
