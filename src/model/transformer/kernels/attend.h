// Products of queries with keys and of attention weights with values as templates over the vector
// operations of one instruction set; included by the file of each (cpu/kernel_builds.h).
//
// An Ops class has: Sums (kRows int32 sums), Cached (kRows x 4 bytes of keys or values), Broadcast
// (4 bytes, repeated), kRows (a divisor of 16), kQueries and kBlocks (how many queries and blocks
// of 16 keys are multiplied at once), kMixes and kMixRows (queries and Sums of values at once),
// kFlip (of keys), and Load, Store, LoadCached, Spread, DotKeys (keys ^ kFlip times signed bytes),
// DotValues (signed values times bytes 0 .. 127).
#pragma once

#include <cstddef>
#include <cstdint>

#include "cpu/for_each.h"
#include "model/transformer/kernels/token_loops.h"

namespace lmz {
namespace {

// How many bytes ahead of their use keys and values are asked for: caches foretell no further than
// to the end of a page. Asking beyond the end of an array does no harm.
constexpr int kAhead = 4096;

// What the flip of the keys adds to each product with q.
template <class Ops>
inline int32_t FlipOf(const int8_t* q, int head_size) {
  if constexpr (Ops::kFlip == 0) return 0;
  int32_t sum = 0;
  for (int i = 0; i < head_size; ++i) sum += q[i];
  return -int32_t{Ops::kFlip} * sum;
}

// kBlocks blocks of keys times kQueries queries.
template <class Ops, int kQueries, int kBlocks>
inline void DotTile(const uint8_t* keys, int head_size, const int8_t* const* q,
                    const int32_t* start, int32_t* out, ptrdiff_t stride) {
  constexpr int kParts = kKeyBlock / Ops::kRows * kBlocks;
  constexpr int kPerBlock = kKeyBlock / Ops::kRows;
  typename Ops::Sums acc[kQueries * kParts];
  ForEach<0, kQueries>([&]<int n>() __attribute__((always_inline)) {
    const typename Ops::Sums first = Ops::Sums1(start[n]);
    ForEach<0, kParts>([&]<int v>()
                           __attribute__((always_inline)) { acc[n * kParts + v] = first; });
  });
  const ptrdiff_t block_bytes = ptrdiff_t{kKeyBlock} * head_size;
  for (int g = 0; g < head_size / 4; ++g) {
    typename Ops::Cached k[kParts];
    ForEach<0, kParts>([&]<int v>() __attribute__((always_inline)) {
      const uint8_t* const from = keys + v / kPerBlock * block_bytes + g * (4 * kKeyBlock) +
                                  v % kPerBlock * (4 * Ops::kRows);
      __builtin_prefetch(from + kAhead);
      k[v] = Ops::LoadCached(from);
    });
    ForEach<0, kQueries>([&]<int n>() __attribute__((always_inline)) {
      const typename Ops::Broadcast b = Ops::Spread(q[n] + 4 * g);
      ForEach<0, kParts>([&]<int v>() __attribute__((always_inline)) {
        acc[n * kParts + v] = Ops::DotKeys(acc[n * kParts + v], k[v], b);
      });
    });
  }
  ForEach<0, kQueries>([&]<int n>() __attribute__((always_inline)) {
    ForEach<0, kParts>([&]<int v>() __attribute__((always_inline)) {
      Ops::Store(out + n * stride + v * Ops::kRows, acc[n * kParts + v]);
    });
  });
}

template <class Ops, int kQueries>
inline void DotQueries(const uint8_t* keys, int head_size, int first, int last,
                       const int8_t* const* q, const int32_t* start, int32_t* out,
                       ptrdiff_t stride) {
  const ptrdiff_t block_bytes = ptrdiff_t{kKeyBlock} * head_size;
  int block = first;
  for (; block + Ops::kBlocks <= last; block += Ops::kBlocks) {
    DotTile<Ops, kQueries, Ops::kBlocks>(keys + block * block_bytes, head_size, q, start, out,
                                         stride);
    out += Ops::kBlocks * kKeyBlock;
  }
  for (; block < last; ++block) {
    DotTile<Ops, kQueries, 1>(keys + block * block_bytes, head_size, q, start, out, stride);
    out += kKeyBlock;
  }
}

// out[query * stride + 16 * (block - first) ..] = the products of q[query] with the blocks' keys.
template <class Ops, int kQueries = Ops::kQueries>
inline void DotAll(const uint8_t* keys, int head_size, int first, int last, const int8_t* const* q,
                   int count, int32_t* out, ptrdiff_t stride) {
  if constexpr (kQueries > 0) {
    for (; count >= kQueries; count -= kQueries) {
      int32_t start[kQueries];
      for (int n = 0; n < kQueries; ++n) start[n] = FlipOf<Ops>(q[n], head_size);
      DotQueries<Ops, kQueries>(keys, head_size, first, last, q, start, out, stride);
      q += kQueries;
      out += kQueries * stride;
    }
    if (count > 0) {
      DotAll<Ops, kQueries - 1>(keys, head_size, first, last, q, count, out, stride);
    }
  }
}

// Products become scores (spec 6.8), one plane.
void ScaleScores(const int16_t* __restrict mantissa, const int16_t* __restrict exponent,
                 int sum_shift, const QueryView& query, int size, int32_t* __restrict scores) {
  const int32_t factor = query.factor, other = query.exponent;
  for (int i = 0; i < size; ++i) {
    const auto product = static_cast<int16_t>(RoundShift(scores[i], sum_shift));
    const int32_t down = exponent[i] + other;
    const int32_t shift = down < 0 ? 0 : down > 31 ? 31 : down;
    scores[i] = (MulQ15(product, mantissa[i]) * factor) >> shift;
  }
}

// Two planes: `scores` has the products of the higher ones; `cross` and `low` the sums of the
// others.
void ScaleTwoPlanes(const int16_t* __restrict exponent, const QueryView& query, int size,
                    const int32_t* __restrict cross, const int32_t* __restrict low,
                    int32_t* __restrict scores) {
  const int64_t factor = query.factor;
  for (int i = 0; i < size; ++i) {
    const int32_t product = 128 * scores[i] + cross[i] + RoundShift(low[i], 7);
    const int32_t down = exponent[i] + query.exponent;
    const int64_t score = (product * factor) >> (down < 0 ? 0 : down > 47 ? 47 : down);
    const int64_t below = score < kStreamLimit ? score : kStreamLimit;
    scores[i] = static_cast<int32_t>(below > -kStreamLimit ? below : -kStreamLimit);
  }
}

// Few blocks at a time, whose products fit on the stack.
template <class Ops>
inline void ScoreTwoPlanes(const KeyView& keys, int first, int last, const QueryView& query,
                           int32_t* scores) {
  constexpr int kAtOnce = 8;
  int32_t cross[kAtOnce * kKeyBlock], low[kAtOnce * kKeyBlock];
  for (int begin = first; begin < last; begin += kAtOnce) {
    const int end = begin + kAtOnce < last ? begin + kAtOnce : last;
    const int size = (end - begin) * kKeyBlock;
    const int8_t* const high_q[] = {query.q};
    const int8_t* const low_q[] = {query.low};
    DotAll<Ops>(keys.keys, keys.head_size, begin, end, high_q, 1, scores, 0);
    DotAll<Ops>(keys.low, keys.head_size, begin, end, high_q, 1, low, 0);
    DotAll<Ops>(keys.keys, keys.head_size, begin, end, low_q, 1, cross, 0);
    for (int i = 0; i < size; ++i) cross[i] += low[i];
    DotAll<Ops>(keys.low, keys.head_size, begin, end, low_q, 1, low, 0);
    ScaleTwoPlanes(keys.exponent + begin * kKeyBlock, query, size, cross, low, scores);
    scores += size;
  }
}

template <class Ops>
void ScoreKeys(const KeyView& keys, int first, int last, int sum_shift, const QueryView* queries,
               int count, int32_t* scores, ptrdiff_t stride) {
  if (keys.low != nullptr) {
    for (int n = 0; n < count; ++n) {
      ScoreTwoPlanes<Ops>(keys, first, last, queries[n], scores + n * stride);
    }
    return;
  }
  constexpr int kAtOnce = 16;
  const int8_t* q[kAtOnce];
  for (int begin = 0; begin < count; begin += kAtOnce) {
    const int some = begin + kAtOnce < count ? kAtOnce : count - begin;
    for (int n = 0; n < some; ++n) q[n] = queries[begin + n].q;
    DotAll<Ops>(keys.keys, keys.head_size, first, last, q, some, scores + begin * stride, stride);
    for (int n = begin; n < begin + some; ++n) {
      ScaleScores(keys.mantissa + first * kKeyBlock, keys.exponent + first * kKeyBlock, sum_shift,
                  queries[n], (last - first) * kKeyBlock, scores + n * stride);
    }
  }
}

// kRows Sums of values for kQueries queries.
template <class Ops, int kQueries, int kSums>
inline void MixTile(const int8_t* values, ptrdiff_t step, int fours, const uint8_t* high,
                    const uint8_t* low, ptrdiff_t stride, int32_t* out, ptrdiff_t out_stride) {
  typename Ops::Sums h[kQueries * kSums], l[kQueries * kSums];
  ForEach<0, kQueries * kSums>([&]<int i>()
                                   __attribute__((always_inline)) { h[i] = l[i] = Ops::Sums1(0); });
  for (int f = 0; f < fours; ++f) {
    typename Ops::Cached v[kSums];
    ForEach<0, kSums>([&]<int r>() __attribute__((always_inline)) {
      const int8_t* const from = values + f * step + r * (4 * Ops::kRows);
      __builtin_prefetch(from + kAhead);
      v[r] = Ops::LoadCached(reinterpret_cast<const uint8_t*>(from));
    });
    ForEach<0, kQueries>([&]<int n>() __attribute__((always_inline)) {
      const auto p = Ops::Spread(reinterpret_cast<const int8_t*>(high + n * stride + 4 * f));
      ForEach<0, kSums>([&]<int r>() __attribute__((always_inline)) {
        h[n * kSums + r] = Ops::DotValues(h[n * kSums + r], v[r], p);
      });
      const auto rest = Ops::Spread(reinterpret_cast<const int8_t*>(low + n * stride + 4 * f));
      ForEach<0, kSums>([&]<int r>() __attribute__((always_inline)) {
        l[n * kSums + r] = Ops::DotValues(l[n * kSums + r], v[r], rest);
      });
    });
  }
  ForEach<0, kQueries>([&]<int n>() __attribute__((always_inline)) {
    ForEach<0, kSums>([&]<int r>() __attribute__((always_inline)) {
      int32_t upper[Ops::kRows], lower[Ops::kRows];
      Ops::Store(upper, h[n * kSums + r]);
      Ops::Store(lower, l[n * kSums + r]);
      int32_t* const to = out + n * out_stride + r * Ops::kRows;
      for (int i = 0; i < Ops::kRows; ++i) to[i] += 64 * upper[i] + lower[i];
    });
  });
}

template <class Ops, int kQueries>
inline void MixQueries(const int8_t* values, int head_size, int fours, const uint8_t* high,
                       const uint8_t* low, ptrdiff_t stride, int32_t* out) {
  const ptrdiff_t step = ptrdiff_t{4} * head_size;
  int row = 0;
  for (; row + Ops::kMixRows * Ops::kRows <= head_size; row += Ops::kMixRows * Ops::kRows) {
    MixTile<Ops, kQueries, Ops::kMixRows>(values + 4 * row, step, fours, high, low, stride,
                                          out + row, head_size);
  }
  for (; row < head_size; row += Ops::kRows) {
    MixTile<Ops, kQueries, 1>(values + 4 * row, step, fours, high, low, stride, out + row,
                              head_size);
  }
}

template <class Ops, int kQueries = Ops::kMixes>
inline void MixAll(const int8_t* values, int head_size, int fours, const uint8_t* high,
                   const uint8_t* low, ptrdiff_t stride, int count, int32_t* out) {
  if constexpr (kQueries > 0) {
    for (; count >= kQueries; count -= kQueries) {
      MixQueries<Ops, kQueries>(values, head_size, fours, high, low, stride, out);
      high += kQueries * stride;
      low += kQueries * stride;
      out += ptrdiff_t{kQueries} * head_size;
    }
    if (count > 0) {
      MixAll<Ops, kQueries - 1>(values, head_size, fours, high, low, stride, count, out);
    }
  }
}

template <class Ops>
void MixValues(const int8_t* values, int head_size, int first, int last, const uint8_t* high,
               const uint8_t* low, ptrdiff_t stride, int count, int32_t* sums) {
  MixAll<Ops>(values + ptrdiff_t{first} * kKeyBlock * head_size, head_size,
              (last - first) * (kKeyBlock / kValueBlock), high, low, stride, count, sums);
}

// The table of one instruction set.
template <class Ops>
constexpr TransformerKernels MakeTransformerKernels() {
  return {.key_flip = Ops::kFlip,
          .normalize = NormalizeTokens,
          .quantize = QuantizeTokens,
          .quantize_two = QuantizeTwoTokens,
          .scale = ScaleTokens,
          .add = AddTokens,
          .silu = SiluTokens,
          .gelu = GeluTokens,
          .magnitude = LargestOf,
          .times = TimesFactor,
          .multiply = MultiplyTokens,
          .rotate = RotatePairs,
          .score = ScoreKeys<Ops>,
          .find_peaks = FindPeaks,
          .weigh = WeighTokens,
          .mix = MixValues<Ops>,
          .largest = LargestLogit,
          .token_weights = TokenWeights};
}

}  // namespace
}  // namespace lmz
