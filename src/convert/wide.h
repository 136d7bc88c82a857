// Fixed-point numbers of 256 fraction bits, for constants of a network that must be rounded
// correctly: logarithms, powers, pi.
#pragma once

#include <array>
#include <compare>
#include <cstdint>

#include "convert/number.h"

namespace lmz::convert {

// A number from 0 to below 2^128 in steps of 2^-256. Results of operations are rounded down; they
// must be in range.
class Wide {
 public:
  Wide() = default;
  explicit Wide(uint64_t value) { limbs_[kFractionLimbs] = value; }

  Wide operator+(const Wide& other) const;
  Wide operator-(const Wide& other) const;  // other is not larger
  Wide operator*(const Wide& other) const;
  Wide operator*(uint64_t factor) const;
  Wide operator/(uint64_t divisor) const;  // not 0
  Wide operator<<(int bits) const;         // to the right when negative
  std::strong_ordering operator<=>(const Wide& other) const;
  bool operator==(const Wide& other) const = default;
  bool IsZero() const { return *this == Wide(); }

 private:
  static constexpr size_t kFractionLimbs = 4;
  static constexpr size_t kLimbs = 6;
  std::array<uint64_t, kLimbs> limbs_ = {};  // the lowest first
};

// Within some 2^-240 of the number.
const Wide& Pi();
const Wide& LogOf2();

// The natural logarithm of a number from 1 on.
Wide Log(const Number& number);

// e^-x.
Wide ExpOfMinus(Wide x);

}  // namespace lmz::convert
