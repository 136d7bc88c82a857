#include "convert/constants.h"

#include <algorithm>
#include <iterator>

#include "base/uint128.h"
#include "convert/wide.h"

namespace lmz::convert {

namespace {

constexpr int kScaleBits = 15;
constexpr int64_t kMaxInt16 = 32767;

// The largest integer below 2^bits for which `holds`, which holds for 0 and for all below one that
// it holds for.
template <class Predicate>
uint64_t Largest(int bits, Predicate holds) {
  uint64_t value = 0;
  for (int bit = bits - 1; bit >= 0; --bit) {
    const uint64_t larger = value | uint64_t{1} << bit;
    if (holds(larger)) value = larger;
  }
  return value;
}

// `mantissa`, rounded, has 15 or 16 digits: the latter only when it is 2^15.
ScaleWeight Normalized(uint64_t mantissa, int exponent) {
  if (mantissa == uint64_t{1} << kScaleBits)
    return {1 << (kScaleBits - 1), static_cast<int8_t>(exponent - 1)};
  return {static_cast<int16_t>(mantissa), static_cast<int8_t>(exponent)};
}

// The magnitude of number * root of n * 2^fraction, rounded to the nearest; more than 2^16 where it
// is more than that.
uint64_t RootMultiple(const Number& number, uint64_t n, int fraction) {
  const Uint128 mantissa = Magnitude(number.mantissa);
  // The root of `square` * 2^(2 shift) is twice the result.
  const Uint128 square = mantissa * mantissa * n;
  const int shift = number.exponent + fraction + 1;
  if (square == 0) return 0;
  const int digits = (square >> 64) != 0 ? 64 + Bits(static_cast<uint64_t>(square >> 64))
                                         : Bits(static_cast<uint64_t>(square));
  if (digits + 2 * shift > 40) return uint64_t{1} << 17;
  if (digits + 2 * shift < 0) return 0;
  const auto whole = static_cast<uint64_t>(shift >= 0 ? square << 2 * shift : square >> -2 * shift);
  const uint64_t root = Largest(21, [=](uint64_t r) { return r * r <= whole; });
  return (root + 1) >> 1;
}

}  // namespace

Result<ScaleWeight> ScaleOf(const Number& number) {
  const Status refusal(Code::kInvalidArgument, "a scale is not positive or out of range");
  if (number.mantissa <= 0) return refusal;
  const auto mantissa = static_cast<uint64_t>(number.mantissa);
  const int excess = Bits(mantissa) - kScaleBits;
  const uint64_t rounded = excess > 0 ? ((mantissa >> (excess - 1)) + 1) >> 1 : mantissa << -excess;
  const int exponent = -(number.exponent + excess);
  if (exponent < -62 || exponent > 127) return refusal;
  return Normalized(rounded, exponent);
}

ScaleWeight ScaleOfRoot(uint64_t n) {
  const int exponent = kScaleBits - (Bits(n) + 1) / 2;  // the root is below 2^((bits + 1) / 2)
  // 2m - 1 <= 2 * root * 2^exponent
  const Uint128 limit = Uint128{n} << (2 * exponent + 2);
  const uint64_t mantissa = Largest(
      kScaleBits + 1, [=](uint64_t m) { return Uint128{2 * m - 1} * (2 * m - 1) <= limit; });
  return Normalized(mantissa, exponent);
}

ScaleWeight BitsPerRoot(uint64_t n) {
  const Wide log_squared = LogOf2() * LogOf2();
  // From 1.44 / 2^10 to 1.44: one of these exponents gives 15 digits.
  int exponent = kScaleBits - 1;
  for (;; ++exponent) {
    const Wide limit = Wide(1) << (2 * exponent + 2);
    const uint64_t mantissa = Largest(kScaleBits + 1, [&](uint64_t m) {
      return log_squared * ((2 * m - 1) * (2 * m - 1)) * n <= limit;
    });
    if (mantissa >= uint64_t{1} << (kScaleBits - 1)) return Normalized(mantissa, exponent);
  }
}

bool IsDivisor(const Number& number) {
  const Number reduced = Reduced(number);
  if (reduced.mantissa <= 0) return false;
  const int digits = Bits(static_cast<uint64_t>(reduced.mantissa));
  return digits < 49 && digits + reduced.exponent >= -8 && digits + reduced.exponent <= 24;
}

bool IsBase(const Number& number) {
  return number.mantissa > 0 && number.mantissa < int64_t{1} << 25 &&
         Bits(static_cast<uint64_t>(number.mantissa)) + number.exponent >= 1 &&
         Bits(static_cast<uint64_t>(number.mantissa)) + number.exponent <= 64;
}

uint32_t PhaseOf(const Number& base, uint32_t index, uint32_t half, const Number& divisor) {
  const Number by = Reduced(divisor);
  const auto factor = static_cast<uint64_t>(by.mantissa);
  // Turns q are the nearest when (q - 1/2) * 2 pi * factor <= power * 2^(32 - exponent).
  const Wide power = ExpOfMinus(Log(base) * index / half) << (32 - by.exponent);
  const Wide half_turn = Pi() * factor;
  const Wide limit = power + half_turn;
  return static_cast<uint32_t>(
      Largest(48, [&](uint64_t q) { return half_turn * (2 * q) <= limit; }));
}

Result<NormWeights> ScaledByRoot(const NumberRow& row, uint64_t n) {
  std::vector<Number> numbers;
  numbers.reserve(row.size());
  for (size_t i = 0; i < row.size(); ++i) {
    numbers.push_back(Reduced({row.mantissa[i], row.exponent[i]}));
  }
  const Number largest = *std::max_element(numbers.begin(), numbers.end(), IsSmaller);
  NormWeights norm;
  int fraction = 64;
  while (fraction >= -64 && RootMultiple(largest, n, fraction) > static_cast<uint64_t>(kMaxInt16)) {
    --fraction;
  }
  if (fraction < -64) return Status(Code::kInvalidArgument, "its numbers are too large");
  norm.fraction = static_cast<int8_t>(fraction);
  for (const Number& number : numbers) {
    const auto magnitude = static_cast<int16_t>(RootMultiple(number, n, fraction));
    norm.weights.push_back(number.mantissa < 0 ? static_cast<int16_t>(-magnitude) : magnitude);
  }
  return norm;
}

}  // namespace lmz::convert
