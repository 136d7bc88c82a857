// Fixed-point primitives of 64 bits (docs/spec/numerics.md, 6). Everything here has internal
// linkage for the reason given in cpu/kernel_builds.h.
#pragma once

#include <cstdint>

namespace lmz {

// value / 2^shift rounded to nearest, halves up; 0 <= shift <= 62, |value| < 2^62.
static inline constexpr int64_t Round64(int64_t value, int shift) {
  return (value + static_cast<int64_t>((uint64_t{1} << shift) >> 1)) >> shift;
}

// value * 2^-shift within the limits of the residual stream; |value| < 2^61.
static inline constexpr int32_t Shifted(int64_t value, int shift) {
  constexpr int64_t kLimit = (int64_t{1} << 30) - 1;
  const auto clamped = [](int64_t v) { return v > kLimit ? kLimit : v < -kLimit ? -kLimit : v; };
  if (shift >= 0) return static_cast<int32_t>(clamped(Round64(value, shift < 62 ? shift : 62)));
  return static_cast<int32_t>(
      clamped(clamped(value) * (int64_t{1} << (-shift < 30 ? -shift : 30))));
}

}  // namespace lmz
