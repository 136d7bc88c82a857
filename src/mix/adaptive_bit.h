// The probability of a decision that is nearly always the same: learns fast at first, then slowly,
// and comes to be as certain as the coder can be. For decisions that are too few or too plain for a
// mixer.
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>

namespace lmz {

class AdaptiveBit {
 public:
  // Codes `wanted` (ignored by a decoder), learns and returns it.
  template <class Coder>
  int Code(Coder& coder, int wanted) {
    const auto p1_q16 = static_cast<uint32_t>(std::clamp<int64_t>(p_q28_ >> 12, 1, 65535));
    const int bit = coder.Code(wanted, p1_q16);
    const int64_t target = bit != 0 ? kOne : 0;
    p_q28_ += (target - p_q28_) * (327680 / (5 * seen_ + 8)) >> 16;
    seen_ = std::min(seen_ + 1, kMaxSeen);
    return bit;
  }

 private:
  static constexpr int64_t kOne = int64_t{1} << 28;
  static constexpr int64_t kMaxSeen = 255;

  int64_t p_q28_ = kOne / 2;
  int64_t seen_ = 0;
};

// A number below 2^kBits, its upper bits first, each learned behind those above it.
template <int kBits>
class AdaptiveNumber {
 public:
  template <class Coder>
  uint32_t Code(Coder& coder, uint32_t wanted) {
    uint32_t node = 1;
    for (int shift = kBits - 1; shift >= 0; --shift) {
      node = 2 * node + static_cast<uint32_t>(bits_[node].Code(coder, wanted >> shift & 1));
    }
    return node - (1u << kBits);
  }

 private:
  std::array<AdaptiveBit, size_t{1} << kBits> bits_;
};

}  // namespace lmz
