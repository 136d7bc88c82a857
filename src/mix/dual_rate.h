// An adaptive probability with two rates: a fast and a slow estimate side by side, whose mean is
// the prediction. The fast one follows changes, the slow one keeps what holds for long.
#pragma once

#include <cstdint>

namespace lmz {

class DualRate {
 public:
  DualRate() : DualRate(32768) {}
  explicit constexpr DualRate(int p_q16) : both_(static_cast<uint32_t>(p_q16) * 0x10001u) {}

  // The probability of a one, in 0 .. 65535.
  int p_q16() const { return static_cast<int>(((both_ >> 16) + (both_ & 0xFFFF)) >> 1); }

  // Both estimates in one number: fast in the upper half, slow in the lower, 1/65536.
  uint32_t bits() const { return both_; }

  // Each estimate moves towards the bit by its distance >> shift, rounded down.
  template <int kFastShift, int kSlowShift>
  void Update(int bit) {
    const uint32_t mask = 0u - static_cast<uint32_t>(bit);  // for ones, work on 65535 - p
    const uint32_t distance = both_ ^ mask;
    const uint32_t fast_step = distance >> (16 + kFastShift) << 16;
    const uint32_t slow_step = (distance & 0xFFFF) >> kSlowShift;
    both_ = (distance - fast_step - slow_step) ^ mask;
  }

 private:
  uint32_t both_;
};

}  // namespace lmz
