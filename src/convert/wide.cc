#include "convert/wide.h"

#include "base/uint128.h"

namespace lmz::convert {

namespace {

// The sum of z^(2j+1) / (2j+1), for z = p / q below 1: the inverse hyperbolic tangent of z, or with
// changing signs the inverse tangent.
Wide OddSeries(uint64_t p, uint64_t q, bool alternates) {
  Wide sums[2];
  Wide power = Wide(p) / q;
  for (uint64_t j = 0; !power.IsZero(); ++j) {
    Wide& sum = sums[alternates ? j % 2 : 0];
    sum = sum + power / (2 * j + 1);
    power = power * p / q * p / q;
  }
  return sums[0] - sums[1];
}

}  // namespace

Wide Wide::operator+(const Wide& other) const {
  Wide sum;
  Uint128 carry = 0;
  for (size_t i = 0; i < kLimbs; ++i) {
    carry += Uint128{limbs_[i]} + other.limbs_[i];
    sum.limbs_[i] = static_cast<uint64_t>(carry);
    carry >>= 64;
  }
  return sum;
}

Wide Wide::operator-(const Wide& other) const {
  Wide difference;
  uint64_t borrow = 0;
  for (size_t i = 0; i < kLimbs; ++i) {
    const Uint128 taken = Uint128{other.limbs_[i]} + borrow;
    borrow = taken > limbs_[i] ? 1 : 0;
    difference.limbs_[i] = limbs_[i] - static_cast<uint64_t>(taken);
  }
  return difference;
}

Wide Wide::operator*(const Wide& other) const {
  std::array<uint64_t, 2 * kLimbs> product = {};
  for (size_t i = 0; i < kLimbs; ++i) {
    uint64_t carry = 0;
    for (size_t j = 0; j < kLimbs; ++j) {
      const Uint128 sum = Uint128{limbs_[i]} * other.limbs_[j] + product[i + j] + carry;
      product[i + j] = static_cast<uint64_t>(sum);
      carry = static_cast<uint64_t>(sum >> 64);
    }
    product[i + kLimbs] = carry;
  }
  Wide result;
  for (size_t i = 0; i < kLimbs; ++i) result.limbs_[i] = product[i + kFractionLimbs];
  return result;
}

Wide Wide::operator*(uint64_t factor) const {
  return *this * Wide(factor);
}

Wide Wide::operator/(uint64_t divisor) const {
  Wide quotient;
  Uint128 rest = 0;
  for (size_t i = kLimbs; i-- > 0;) {
    rest = rest << 64 | limbs_[i];
    quotient.limbs_[i] = static_cast<uint64_t>(rest / divisor);
    rest %= divisor;
  }
  return quotient;
}

Wide Wide::operator<<(int bits) const {
  Wide result = *this;
  for (; bits > 0; --bits) result = result + result;
  for (; bits < 0; ++bits) {
    for (size_t i = 0; i < kLimbs; ++i) {
      const uint64_t above = i + 1 < kLimbs ? result.limbs_[i + 1] : 0;
      result.limbs_[i] = result.limbs_[i] >> 1 | above << 63;
    }
  }
  return result;
}

std::strong_ordering Wide::operator<=>(const Wide& other) const {
  for (size_t i = kLimbs; i-- > 0;) {
    if (limbs_[i] != other.limbs_[i]) return limbs_[i] <=> other.limbs_[i];
  }
  return std::strong_ordering::equal;
}

const Wide& Pi() {
  static const Wide pi = OddSeries(1, 5, true) * 16 - OddSeries(1, 239, true) * 4;
  return pi;
}

const Wide& LogOf2() {
  static const Wide log = OddSeries(1, 3, false) * 2;
  return log;
}

Wide Log(const Number& number) {
  const auto mantissa = static_cast<uint64_t>(number.mantissa);
  const int power = Bits(mantissa) - 1;
  const uint64_t unit = uint64_t{1} << power;  // mantissa / unit is from 1 to below 2
  const Wide log = OddSeries(mantissa - unit, mantissa + unit, false) * 2;
  return log + LogOf2() * static_cast<uint64_t>(power + number.exponent);
}

Wide ExpOfMinus(Wide x) {
  int halvings = 0;
  for (; x >= LogOf2(); ++halvings) x = x - LogOf2();
  Wide sums[2];
  Wide term(1);
  for (uint64_t j = 0; !term.IsZero(); ++j) {
    sums[j % 2] = sums[j % 2] + term;
    term = term * x / (j + 1);
  }
  return (sums[0] - sums[1]) << -halvings;
}

}  // namespace lmz::convert
