// Exact numbers: what a floating-point number in a file is, as integers.
#pragma once

#include <bit>
#include <cstdint>
#include <optional>

namespace lmz::convert {

// mantissa * 2^exponent.
struct Number {
  int64_t mantissa = 0;
  int exponent = 0;
};

// How many binary digits `value` has; 0 for 0.
inline int Bits(uint64_t value) {
  return 64 - std::countl_zero(value);
}

inline uint64_t Magnitude(int64_t value) {
  return value < 0 ? -static_cast<uint64_t>(value) : static_cast<uint64_t>(value);
}

// Without zeros at the end of the mantissa.
inline Number Reduced(Number number) {
  if (number.mantissa == 0) return {};
  const int zeros = std::countr_zero(Magnitude(number.mantissa));
  return {number.mantissa >> zeros, number.exponent + zeros};
}

// The number that an IEEE 754 single stands for; none: it is not finite.
inline std::optional<Number> FromFloat32(uint32_t bits) {
  const int power = static_cast<int>(bits >> 23 & 0xFF);
  if (power == 0xFF) return std::nullopt;
  const int64_t fraction = bits & 0x7FFFFF;
  const int64_t mantissa = power == 0 ? fraction : fraction | 0x800000;
  return Number{(bits >> 31) != 0 ? -mantissa : mantissa, (power == 0 ? 1 : power) - 150};
}

// The exponent of what FromFloat16 gives.
inline constexpr int kFloat16Exponent = -24;

// The mantissa with kFloat16Exponent of what an IEEE 754 half stands for, below 2^40 in magnitude;
// none: it is not finite.
inline std::optional<int64_t> FromFloat16(uint16_t bits) {
  const int power = bits >> 10 & 31;
  if (power == 31) return std::nullopt;
  const int64_t fraction = bits & 1023;
  const int64_t mantissa = power == 0 ? fraction : (fraction | 1024) << (power - 1);
  return (bits >> 15) != 0 ? -mantissa : mantissa;
}

// Compares magnitudes.
inline bool IsSmaller(const Number& a, const Number& b) {
  if (a.mantissa == 0 || b.mantissa == 0) return b.mantissa != 0;
  const uint64_t x = Magnitude(a.mantissa), y = Magnitude(b.mantissa);
  const int top = Bits(x) + a.exponent - Bits(y) - b.exponent;
  if (top != 0) return top < 0;
  // Both have their highest bit at the same place.
  return x << std::countl_zero(x) < y << std::countl_zero(y);
}

}  // namespace lmz::convert
