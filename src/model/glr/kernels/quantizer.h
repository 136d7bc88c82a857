// The few numbers that turn a whole vector into its normalised or quantised form, worked out once
// per vector; shared by all elementwise kernels. Anonymous for the reason given in
// cpu/kernel_builds.h.
#pragma once

#include <cstdint>

#include "cpu/inverse_sqrt.h"
#include "model/glr/kernels/fixed_point.h"
#include "model/glr/kernels/lane_by_lane.h"

namespace lmz {
namespace {

// Spec 3.2 for the largest magnitude of a vector (>= 0).
struct Quantizer {
  explicit Quantizer(int32_t largest) {
    const int32_t m = largest > 0 ? largest : 1;
    shift = 15 - BitLength(static_cast<uint32_t>(m));
    const int32_t top = shift >= 0 ? m << shift : m >> -shift;
    factor = static_cast<int16_t>((255 * 16384 - 1) / (top + 1));
  }
  QuantizedScale scale() const {
    return {static_cast<int16_t>(((1 << 21) + factor / 2) / factor), 6 + shift};
  }
  int shift;       // left if positive, right if negative
  int16_t factor;  // 127 .. 254
};

// Spec 3.7 for the largest of the scaled sums (0 .. 32767): they are shifted left by root_shift,
// squared, and then quantised by `square`.
struct SquareQuantizer {
  explicit SquareQuantizer(int32_t largest) : root_shift(Quantizer(largest).shift), square(1) {
    const auto top = static_cast<int16_t>((largest > 0 ? largest : 1) << root_shift);
    square = Quantizer(MulQ15(top, top));
  }
  // In units of the squared scale of the sums' input, whose mantissa is given.
  QuantizedScale scale(int32_t mantissa) const {
    const QuantizedScale of_square = square.scale();
    const int32_t unit = (mantissa * mantissa) >> 14;
    return {static_cast<int16_t>((of_square.mantissa * unit) >> 14),
            of_square.exponent + 2 * root_shift - 43};
  }
  int root_shift;
  Quantizer square;
};

// Spec 3.1 for the sum of squares with epsilon: a number times `root`, shifted right by `shift`
// with rounding, is the number over the sum's root in Q15.
struct InverseRoot {
  explicit InverseRoot(uint64_t sum) {
    if (sum == 0) sum = 1;
    const int even = (BitLength(sum) - 15) & ~1;
    root = InverseSqrt(static_cast<uint32_t>(even >= 0 ? sum >> even : sum << -even));
    shift = 7 + even / 2;
  }
  int32_t root;  // 16384 .. 32767
  int shift;     // 0 .. 21
};

}  // namespace
}  // namespace lmz
