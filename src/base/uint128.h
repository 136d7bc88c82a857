// Integers of 128 bits without sign: the compiler's where it has them, else two halves of 64 bits.
// Both compute the same, and both at compile time.
#pragma once

#include <bit>
#include <compare>
#include <concepts>
#include <cstdint>

namespace lmz {

// Modulo 2^128, as the compiler's. Shifts are by 0 .. 127; a divisor is not 0.
class PairOfUint64 {
 public:
  constexpr PairOfUint64(uint64_t low = 0) : low_(low) {}
  template <std::unsigned_integral Integer>
  requires(!std::same_as<Integer, bool>) constexpr explicit operator Integer() const {
    return static_cast<Integer>(low_);
  }

  constexpr PairOfUint64 operator+(const PairOfUint64& b) const {
    const uint64_t low = low_ + b.low_;
    return {high_ + b.high_ + (low < low_ ? 1 : 0), low};
  }
  constexpr PairOfUint64 operator-(const PairOfUint64& b) const {
    return {high_ - b.high_ - (low_ < b.low_ ? 1 : 0), low_ - b.low_};
  }
  constexpr PairOfUint64 operator|(const PairOfUint64& b) const {
    return {high_ | b.high_, low_ | b.low_};
  }
  constexpr PairOfUint64 operator<<(int bits) const {
    if (bits == 0) return *this;
    if (bits >= 64) return {low_ << (bits - 64), 0};
    return {high_ << bits | low_ >> (64 - bits), low_ << bits};
  }
  constexpr PairOfUint64 operator>>(int bits) const {
    if (bits == 0) return *this;
    if (bits >= 64) return {0, high_ >> (bits - 64)};
    return {high_ >> bits, low_ >> bits | high_ << (64 - bits)};
  }
  constexpr PairOfUint64 operator*(const PairOfUint64& b) const {
    constexpr uint64_t kHalf = 0xFFFFFFFF;
    const uint64_t lows = (low_ & kHalf) * (b.low_ & kHalf);
    // Neither sum overflows: (2^32 - 1)^2 + 2 (2^32 - 1) = 2^64 - 1.
    const uint64_t middle = (low_ >> 32) * (b.low_ & kHalf) + (lows >> 32);
    const uint64_t other = (low_ & kHalf) * (b.low_ >> 32) + (middle & kHalf);
    const uint64_t highs = (low_ >> 32) * (b.low_ >> 32) + (middle >> 32) + (other >> 32);
    return {highs + high_ * b.low_ + low_ * b.high_, other << 32 | (lows & kHalf)};
  }
  constexpr PairOfUint64 operator/(const PairOfUint64& b) const {
    // The first 32 digits of b, rounded up: what they go into never goes in too often.
    const int dropped = b.Bits() > 32 ? b.Bits() - 32 : 0;
    const uint64_t divisor = (b >> dropped).low_ + (dropped != 0 ? 1 : 0);
    PairOfUint64 quotient, rest = *this;
    while (rest >= b) {
      const int left = rest.Bits() > 64 ? rest.Bits() - 64 : 0;
      const PairOfUint64 times = (rest >> left).low_ / divisor;
      const PairOfUint64 part =
          left < dropped ? times >> (dropped - left) : times << (left - dropped);
      const PairOfUint64 taken = part.Bits() != 0 ? part : PairOfUint64(1);
      quotient += taken;
      rest -= taken * b;
    }
    return quotient;
  }
  constexpr PairOfUint64 operator%(const PairOfUint64& b) const { return *this - *this / b * b; }

  constexpr PairOfUint64& operator+=(const PairOfUint64& b) { return *this = *this + b; }
  constexpr PairOfUint64& operator-=(const PairOfUint64& b) { return *this = *this - b; }
  constexpr PairOfUint64& operator%=(const PairOfUint64& b) { return *this = *this % b; }
  constexpr PairOfUint64& operator>>=(int bits) { return *this = *this >> bits; }

  constexpr bool operator==(const PairOfUint64& b) const = default;
  constexpr std::strong_ordering operator<=>(const PairOfUint64& b) const = default;

 private:
  constexpr PairOfUint64(uint64_t high, uint64_t low) : high_(high), low_(low) {}

  // How many binary digits it has; 0 for 0.
  constexpr int Bits() const {
    return high_ != 0 ? 128 - std::countl_zero(high_) : 64 - std::countl_zero(low_);
  }

  uint64_t high_ = 0;  // first, since the comparison goes by the order of members
  uint64_t low_ = 0;
};

#if defined(__SIZEOF_INT128__)
__extension__ using Uint128 = unsigned __int128;
#else
using Uint128 = PairOfUint64;
#endif

}  // namespace lmz
