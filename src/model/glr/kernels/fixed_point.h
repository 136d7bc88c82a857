// Fixed-point primitives shared by the network kernels (docs/spec/numerics.md, section 1).
//
// Everything here has internal linkage for the reason given in cpu/kernel_builds.h.
#pragma once

#include <cstdint>

namespace lmz {

// Fraction bits of the network's fixed-point values, and the magnitudes they saturate at.
inline constexpr int kResidualFraction = 8;
inline constexpr int32_t kResidualLimit = (int32_t{1} << 26) - 1;
inline constexpr int kStateFraction = 14;
inline constexpr int32_t kStateLimit = (int32_t{1} << 21) - 1;
inline constexpr int kGateFraction = 8;
inline constexpr int32_t kGateLimit = 4095;
inline constexpr int kSiluFraction = 10;
inline constexpr int kLeastAddShift = -16;  // of sums that are added to the residual stream
inline constexpr int kMixFraction = 14;
inline constexpr int kLogitFraction = 10;
inline constexpr int32_t kInt16Limit = 32767;

// Clamps to -limit .. limit, limit >= 0.
static inline constexpr int32_t Saturate(int32_t value, int32_t limit) {
  const int32_t upper = value > limit ? limit : value;
  return upper < -limit ? -limit : upper;
}

// value / 2^shift rounded to nearest, halves up; 0 <= shift <= 31. The caller keeps
// value + 2^(shift-1) within int32.
static inline constexpr int32_t RoundShift(int32_t value, int shift) {
  return (value + static_cast<int32_t>((uint32_t{1} << shift) >> 1)) >> shift;
}

// a * b / 2^15 rounded to nearest, halves up; a and b are not both -2^15. In this form compilers
// see that one instruction does it (pmulhrsw, sqrdmulh).
static inline constexpr int16_t MulQ15(int16_t a, int16_t b) {
  return static_cast<int16_t>((((int32_t{a} * b) >> 14) + 1) >> 1);
}

// The number of bits needed to write value; 0 for 0.
static inline constexpr int BitLength(uint64_t value) {
  return value == 0 ? 0 : 64 - __builtin_clzll(value);
}

}  // namespace lmz
