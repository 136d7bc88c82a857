// Codes the low bits of words, of which little is known but how many bits are above them. spec.md,
// 9.3.
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <vector>

#include "codec/audio/sample_model.h"
#include "mix/dual_rate.h"

namespace lmz::audio {

class LowBitModel {
 public:
  LowBitModel() : first_(kContexts << kTreeBits), rest_(kContexts * kMaxBits) {}

  // Codes `bits` bits, 1 .. 32, behind a high part of `high_bits`, 0 .. 24; returns them. A decoder
  // ignores `wanted`.
  template <class Coder>
  uint32_t Code(Coder& coder, uint32_t bits, uint32_t high_bits, uint32_t wanted) {
    uint32_t value = 0;
    uint32_t node = 1;
    for (uint32_t left = bits; left-- > 0;) {
      const bool is_first = node < 1u << kTreeBits;
      DualRate& p1 = is_first ? first_[(high_bits << kTreeBits) + node]
                              : rest_[high_bits * kMaxBits + left][value != 0];
      const uint32_t p1_q16 = std::clamp(static_cast<uint32_t>(p1.p_q16()), kLeastProbability,
                                         65536 - kLeastProbability);
      const int bit = coder.Code(static_cast<int>(wanted >> left & 1), p1_q16);
      p1.Update<6, 8>(bit);
      value = value << 1 | static_cast<uint32_t>(bit);
      if (is_first) node = node << 1 | static_cast<uint32_t>(bit);
    }
    return value;
  }

 private:
  static constexpr uint32_t kContexts = 25;
  static constexpr uint32_t kTreeBits = 8;
  static constexpr uint32_t kMaxBits = 32;

  std::vector<DualRate> first_;                // [high bits][those before, behind a one]
  std::vector<std::array<DualRate, 2>> rest_;  // [high bits][bits behind it][those before: not 0]
};

}  // namespace lmz::audio
