// The elementwise part of the network kernels as plain loops that compilers vectorise; included by
// the file of each instruction set (cpu/kernel_builds.h).
#pragma once

#include <cstdint>

#include "model/glr/kernels/fixed_point.h"
#include "model/glr/kernels/lane_by_lane.h"
#include "model/glr/kernels/network_kernels.h"
#include "model/glr/kernels/quantizer.h"
#include "model/glr/kernels/tables.h"

namespace lmz {
namespace {

inline int32_t Magnitude(int32_t v) {
  return v < 0 ? -v : v;
}

// The shift to the left is a product, which compilers keep in 16 bits.
void QuantizeInt16(const int16_t* __restrict x, int size, const Quantizer& by, uint8_t flip,
                   uint8_t* __restrict q) {
  const int16_t factor = by.factor;
  const auto power = static_cast<int16_t>(1 << by.shift);
  for (int i = 0; i < size; ++i) {
    const auto shifted = static_cast<int16_t>(x[i] * power);
    q[i] = static_cast<uint8_t>(static_cast<uint8_t>(MulQ15(shifted, factor)) ^ flip);
  }
}

void Normalize(const int32_t* __restrict x, int size, uint64_t epsilon,
               const int16_t* __restrict weight, int16_t* __restrict out) {
  int32_t largest = 0;
  for (int i = 0; i < size; ++i) {
    const int32_t m = Magnitude(x[i]);
    largest = m > largest ? m : largest;
  }
  const int length = BitLength(static_cast<uint32_t>(largest));
  const int drop = length > 15 ? length - 15 : 0;
  // The halves of the squares apart, so that 32-bit additions do: at most 2^12 squares below 2^30.
  uint32_t low = 0, high = 0;
  for (int i = 0; i < size; ++i) {
    const int32_t y = Saturate(RoundShift(x[i], drop), kInt16Limit);
    out[i] = static_cast<int16_t>(y);
    const auto square = static_cast<uint32_t>(y * y);
    low += square & 0xFFFF;
    high += square >> 16;
  }
  const InverseRoot inverse((uint64_t{high} << 16) + low + (epsilon >> (2 * drop)));
  const int32_t root = inverse.root;
  const int down = inverse.shift;
  for (int i = 0; i < size; ++i) {
    const int32_t unit = Saturate(RoundShift(out[i] * root, down), kInt16Limit);
    out[i] = MulQ15(static_cast<int16_t>(unit), weight[i]);
  }
}

// Of numbers that are not -2^15.
inline int16_t LargestMagnitude(const int16_t* __restrict x, int size) {
  int16_t largest = 0;
  for (int i = 0; i < size; ++i) {
    const auto m = static_cast<int16_t>(Magnitude(x[i]));
    largest = m > largest ? m : largest;
  }
  return largest;
}

template <uint8_t kFlip>
QuantizedScale Quantize(const int16_t* __restrict x, int size, uint8_t* __restrict q) {
  const Quantizer by(LargestMagnitude(x, size));
  QuantizeInt16(x, size, by, kFlip, q);
  return by.scale();
}

template <uint8_t kFlip>
void ShiftQuantize(const int16_t* __restrict now, int16_t* __restrict before,
                   const MixWeights* mixes, int count, int size, int16_t* __restrict scratch,
                   QuantizedVector* out) {
  for (int k = 0; k < count; ++k) {
    const int16_t* __restrict mix = mixes[k].weights;
    for (int i = 0; i < size; ++i) {
      const int32_t moved = now[i] + RoundShift((before[i] - now[i]) * mix[i], kMixFraction);
      scratch[i] = static_cast<int16_t>(Saturate(moved, kInt16Limit));
    }
    out[k].scale = Quantize<kFlip>(scratch, size, out[k].q);
  }
  for (int i = 0; i < size; ++i) before[i] = now[i];
}

template <uint8_t kFlip>
QuantizedScale ProductQuantize(const int16_t* __restrict a, const int16_t* __restrict b, int size,
                               int32_t* __restrict scratch, uint8_t* __restrict q) {
  int32_t largest = 0;
  for (int i = 0; i < size; ++i) {
    const int32_t y = a[i] * b[i];
    scratch[i] = y;
    const int32_t m = Magnitude(y);
    largest = m > largest ? m : largest;
  }
  const Quantizer by(largest);
  const int left = by.shift > 0 ? by.shift : 0;
  const int right = by.shift < 0 ? -by.shift : 0;
  for (int i = 0; i < size; ++i) {
    const int32_t y = (scratch[i] >> right) << left;
    q[i] = static_cast<uint8_t>(static_cast<uint8_t>(RoundShift(y * by.factor, 15)) ^ kFlip);
  }
  return by.scale();
}

// The sum, narrowed to 16 bits.
inline int32_t NarrowSum(const LaneSums& y, int i) {
  return Saturate(RoundShift(y.sums[i], y.sum_shift), kInt16Limit);
}

inline int32_t ScaleSum(const LaneSums& y, int i) {
  const int32_t scale = RoundShift(y.row_scale[i] * int32_t{y.mantissa}, 15);
  return RoundShift(NarrowSum(y, i) * scale, y.shift);
}

QuantizedScale SquareQuantize(const LaneSums& sums, int size, int16_t* __restrict scratch,
                              uint8_t* __restrict q) {
  const LaneSums y = sums;
  int16_t largest = 0;
  for (int i = 0; i < size; ++i) {
    const int16_t scaled = MulQ15(static_cast<int16_t>(NarrowSum(y, i)), y.row_scale[i]);
    const int16_t positive = scaled > 0 ? scaled : int16_t{0};
    scratch[i] = positive;
    largest = positive > largest ? positive : largest;
  }
  const SquareQuantizer by(largest);
  const auto power = static_cast<int16_t>(1 << by.root_shift);
  for (int i = 0; i < size; ++i) {
    const auto r = static_cast<int16_t>(scratch[i] * power);
    scratch[i] = MulQ15(r, r);
  }
  QuantizeInt16(scratch, size, by.square, 0, q);
  return by.scale(y.mantissa);
}

void UpdateState(const LaneSums& value_sums, const LaneSums& forget_sums,
                 const int16_t* __restrict bias, int size, uint16_t* __restrict scratch,
                 int32_t* __restrict state) {
  const LaneSums value = value_sums;
  const LaneSums forget = forget_sums;
  for (int i = 0; i < size; ++i) {
    const int32_t z = Saturate(ScaleSum(forget, i) + bias[i], kGateLimit);
    scratch[i] = static_cast<uint16_t>(4096 - z);
  }
  LookUpSigmoid(scratch, size);
  for (int i = 0; i < size; ++i) {
    const int32_t difference = Saturate(ScaleSum(value, i), kStateLimit) - state[i];
    const int32_t low = RoundShift(difference * (scratch[i] & 255), 8);
    state[i] += RoundShift(difference * (scratch[i] >> 8) + low, 8);
  }
}

void Silu(const LaneSums& sums, int size, uint16_t* __restrict scratch, int16_t* __restrict out) {
  const LaneSums gate = sums;
  for (int i = 0; i < size; ++i) {
    const int32_t g = Saturate(ScaleSum(gate, i), kInt16Limit);
    const int32_t z = Saturate(RoundShift(g, kSiluFraction - kGateFraction), kGateLimit);
    out[i] = static_cast<int16_t>(g);
    scratch[i] = static_cast<uint16_t>(4096 + z);
  }
  LookUpSigmoid(scratch, size);
  for (int i = 0; i < size; ++i) {
    out[i] = static_cast<int16_t>(RoundShift(out[i] * scratch[i], 16));
  }
}

void Add(const LaneSums& sums, int size, int32_t* __restrict x) {
  LaneSums y = sums;
  const int left = y.shift < 0 ? -y.shift : 0;
  y.shift += left;
  for (int i = 0; i < size; ++i) {
    const int32_t added = Saturate(ScaleSum(y, i), kResidualLimit >> left) << left;
    x[i] = Saturate(x[i] + added, kResidualLimit);
  }
}

void ByteWeights(const LaneSums& sums, const int32_t* __restrict bias, int32_t* __restrict scratch,
                 uint32_t* __restrict weights) {
  const LaneSums y = sums;
  int32_t largest = INT32_MIN;
  for (int i = 0; i < 256; ++i) {
    scratch[i] = ScaleSum(y, i) + bias[i];
    largest = scratch[i] > largest ? scratch[i] : largest;
  }
  for (int i = 0; i < 256; ++i) {
    const int32_t below = largest - scratch[i];
    const uint32_t whole = static_cast<uint32_t>(below) >> kLogitFraction;
    const uint32_t w = kExp2Table[below & 1023] >> (whole < 31 ? whole : 31);
    weights[i] = w > 1 ? w : 1;
  }
}

template <uint8_t kFlip_>
struct PortableElementwise {
  static constexpr uint8_t kFlip = kFlip_;
  static constexpr auto Normalize = lmz::Normalize;
  static constexpr auto Quantize = lmz::Quantize<kFlip>;
  static constexpr auto ShiftQuantize = lmz::ShiftQuantize<kFlip>;
  static constexpr auto ProductQuantize = lmz::ProductQuantize<kFlip>;
  static constexpr auto SquareQuantize = lmz::SquareQuantize;
  static constexpr auto UpdateState = lmz::UpdateState;
  static constexpr auto Silu = lmz::Silu;
  static constexpr auto Add = lmz::Add;
  static constexpr auto ByteWeights = lmz::ByteWeights;
};

}  // namespace
}  // namespace lmz
