// The elementwise part of the transformer kernels as plain loops that compilers vectorise; included
// by the file of each instruction set (cpu/kernel_builds.h).
#pragma once

#include <cstdint>

#include "model/glr/kernels/fixed_point.h"
#include "model/glr/kernels/quantizer.h"
#include "model/glr/kernels/tables.h"
#include "model/transformer/kernels/power_tables.h"
#include "model/transformer/kernels/transformer_kernels.h"
#include "model/transformer/kernels/wide.h"

namespace lmz {
namespace {

int32_t LargestOf(const int32_t* __restrict x, int size) {
  int32_t largest = 0;
  for (int i = 0; i < size; ++i) {
    const int32_t m = x[i] < 0 ? -x[i] : x[i];
    largest = m > largest ? m : largest;
  }
  return largest;
}

// floor(sqrt(n)) for 2^46 <= n < 2^48.
inline uint64_t RootOf(uint64_t n) {
  uint64_t root = 0;
  for (uint64_t bit = uint64_t{1} << 23; bit != 0; bit >>= 1) {
    const uint64_t next = root | bit;
    root = next * next <= n ? next : root;
  }
  return root;
}

// What turns a number of spec 6.2 into its part of the root of the sum, in Q22: times `factor`,
// shifted by `shift`.
struct RootOfSquares {
  explicit RootOfSquares(uint64_t sum) {
    if (sum == 0) sum = 1;
    const int even = (BitLength(sum) - 47) & ~1;
    const uint64_t n = even >= 0 ? sum >> even : sum << -even;
    factor = static_cast<int32_t>((uint64_t{1} << 47) / RootOf(n));
    shift = 25 + even / 2;
  }
  int32_t factor;  // 2^23 .. 2^24
  int shift;       // 2 .. 32
};

void NormalizeTokens(const int32_t* __restrict x, int size, uint64_t epsilon,
                     const int16_t* __restrict weight, int32_t* __restrict out) {
  const int length = BitLength(static_cast<uint32_t>(LargestOf(x, size)));
  const int drop = length > 24 ? length - 24 : 0;
  int64_t squares = 0;
  for (int i = 0; i < size; ++i) {
    const int32_t y = RoundShift(x[i], drop);
    out[i] = y;
    squares += int64_t{y} * y;
  }
  const RootOfSquares by(static_cast<uint64_t>(squares) + (epsilon >> (2 * drop)));
  const int32_t factor = by.factor;
  const int shift = by.shift;
  for (int i = 0; i < size; ++i) {
    const auto unit = static_cast<int32_t>(Round64(int64_t{out[i]} * factor, shift));
    const auto value = static_cast<int32_t>(Round64(int64_t{unit} * weight[i], 22));
    out[i] = Saturate(value, kInt16Limit);
  }
}

PlaneScale QuantizeTokens(const int32_t* __restrict x, int size, uint8_t flip,
                          uint8_t* __restrict q) {
  const Quantizer by(LargestOf(x, size));
  const int left = by.shift > 0 ? by.shift : 0, right = by.shift < 0 ? -by.shift : 0;
  const int32_t power = 1 << left, factor = by.factor;
  for (int i = 0; i < size; ++i) {
    const int32_t shifted = (x[i] >> right) * power;
    q[i] = static_cast<uint8_t>(static_cast<uint8_t>((shifted * factor + (1 << 14)) >> 15) ^ flip);
  }
  return {by.shift, by.factor};
}

int32_t QuantizeTwoTokens(const int32_t* __restrict x, int size, uint8_t flip,
                          uint8_t* __restrict high, uint8_t* __restrict low) {
  constexpr int32_t kMost = 127 * 128 + 63;
  const int32_t found = LargestOf(x, size), largest = found > 0 ? found : 1;
  int shift = 14 - BitLength(static_cast<uint32_t>(largest));
  const int32_t top = shift >= 0 ? largest << shift : RoundShift(largest, -shift);
  if (top > kMost) --shift;
  const int right = shift < 0 ? -shift : 0;
  const int32_t power = 1 << (shift > 0 ? shift : 0);
  for (int i = 0; i < size; ++i) {
    const int32_t y = RoundShift(x[i], right) * power;
    const int32_t h = (y + 64) >> 7;
    high[i] = static_cast<uint8_t>(static_cast<uint8_t>(h) ^ flip);
    low[i] = static_cast<uint8_t>(static_cast<uint8_t>(y - 128 * h) ^ flip);
  }
  return shift;
}

// Calls take(i, y_i) for each row, with y of spec 6.4.
template <class Take>
[[gnu::always_inline]] inline void ForScaled(const PlaneSums& sums, int size, const Take& take) {
  const int32_t* __restrict high = sums.high;
  const int32_t* __restrict low = sums.low;
  const int16_t* __restrict row_scale = sums.row_scale;
  const int shift = sums.shift;
  const int32_t limit =
      shift < 16 ? static_cast<int32_t>((uint32_t{1} << (15 + shift)) - 1) : INT32_MAX;
  if (low == nullptr) {
    const int16_t mantissa = sums.mantissa;
    for (int i = 0; i < size; ++i) {
      const int32_t scale = MulQ15(row_scale[i], mantissa);
      take(i, static_cast<int32_t>(Round64(int64_t{Saturate(high[i], limit)} * scale, shift)));
    }
    return;
  }
  const int k = sums.low_shift;
  const int32_t power = 1 << (7 - k);
  for (int i = 0; i < size; ++i) {
    const int32_t c = high[i] * power + RoundShift(low[i], k);
    take(i, static_cast<int32_t>(Round64(int64_t{Saturate(c, limit)} * row_scale[i], shift)));
  }
}

void ScaleTokens(const PlaneSums& sums, int size, int32_t* __restrict out) {
  ForScaled(
      sums, size, [=](int i, int32_t y) __attribute__((always_inline)) { out[i] = y; });
}

void AddTokens(const PlaneSums& sums, int size, int32_t* __restrict x) {
  ForScaled(
      sums, size, [=](int i, int32_t y) __attribute__((always_inline)) {
        x[i] = Saturate(x[i] + y, kStreamLimit);
      });
}

// g * Sigmoid(z), scratch holding 4096 + z.
int32_t TimesSigmoid(int32_t* __restrict gate, int size, uint16_t* __restrict scratch) {
  LookUpSigmoid(scratch, size);
  for (int i = 0; i < size; ++i) {
    gate[i] = static_cast<int32_t>((int64_t{gate[i]} * scratch[i] + (1 << 15)) >> 16);
  }
  return LargestOf(gate, size);
}

int32_t SiluTokens(int32_t* __restrict gate, int size, uint16_t* __restrict scratch) {
  for (int i = 0; i < size; ++i) {
    const int32_t z = Saturate(RoundShift(gate[i], kTokenGateFraction - kGateFraction), kGateLimit);
    scratch[i] = static_cast<uint16_t>(4096 + z);
  }
  return TimesSigmoid(gate, size, scratch);
}

int32_t GeluTokens(int32_t* __restrict gate, int size, uint16_t* __restrict scratch) {
  for (int i = 0; i < size; ++i) {
    const int32_t g = Saturate(gate[i], 21504);
    const int32_t slope = 26145 + RoundShift(1169 * RoundShift(g * g, 12), 12);
    scratch[i] = static_cast<uint16_t>(4096 + Saturate(RoundShift(g * slope, 18), kGateLimit));
  }
  return TimesSigmoid(gate, size, scratch);
}

void TimesFactor(int32_t* __restrict x, int size, int32_t factor, int shift) {
  for (int i = 0; i < size; ++i) {
    x[i] = static_cast<int32_t>(Round64(int64_t{x[i]} * factor, shift));
  }
}

void MultiplyTokens(int32_t* __restrict x, const int32_t* __restrict y, int size, int shift) {
  for (int i = 0; i < size; ++i) {
    x[i] = static_cast<int32_t>(Round64(int64_t{x[i]} * y[i], shift));
  }
}

void RotatePairs(const int32_t* __restrict x, int half, const int32_t* __restrict cosine,
                 const int32_t* __restrict sine, int32_t* __restrict out) {
  for (int i = 0; i < half; ++i) {
    const int32_t a = x[i], b = x[half + i], c = cosine[i], s = sine[i];
    out[i] = a * c - b * s;
    out[half + i] = a * s + b * c;
  }
}

void FindPeaks(const int32_t* __restrict scores, const int32_t* __restrict logs, int size,
               ScorePeaks* peaks) {
  int32_t score = peaks->score, weighted = peaks->weighted;
  for (int i = 0; i < size; ++i) {
    const int32_t x = scores[i], w = x + logs[i];
    score = x > score ? x : score;
    weighted = w > weighted ? w : weighted;
  }
  *peaks = {score, weighted};
}

inline uint32_t PowerOf(uint32_t below) {
  const uint32_t shift = below >> 10;
  return kPowers[below & 1023] >> (shift < 31 ? shift : 31);
}

uint64_t WeighTokens(const int32_t* __restrict scores, const int32_t* __restrict logs, int size,
                     const ScorePeaks& peaks, uint8_t* __restrict high, uint8_t* __restrict low) {
  const auto top = static_cast<uint32_t>(peaks.score), most = static_cast<uint32_t>(peaks.weighted);
  uint64_t sum = 0;
  for (int i = 0; i < size; ++i) {
    const auto x = static_cast<uint32_t>(scores[i]);
    sum += PowerOf(top - x) >> 8;
    const uint32_t p = ((PowerOf(most - x - static_cast<uint32_t>(logs[i])) >> 17) + 1) >> 1;
    high[i] = static_cast<uint8_t>(p >> 6);
    low[i] = static_cast<uint8_t>(p & 63);
  }
  return sum;
}

int32_t LargestLogit(const int32_t* __restrict logits, int size) {
  int32_t largest = INT32_MIN;
  for (int i = 0; i < size; ++i) largest = logits[i] > largest ? logits[i] : largest;
  return largest;
}

void TokenWeights(uint32_t* __restrict logits, int size, int32_t largest) {
  const auto top = static_cast<uint32_t>(largest);
  for (int i = 0; i < size; ++i) {
    const uint32_t power = PowerOf(top - logits[i]);
    logits[i] = power > 1 ? power : 1;
  }
}

}  // namespace
}  // namespace lmz
