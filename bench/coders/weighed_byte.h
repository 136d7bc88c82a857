// A byte whose values have weights, as binary decisions.
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>

#include "model/predictor.h"

namespace lmz::bench {

// The bits of one byte, each with its share of the weights of the bytes that are left: what
// CodeByte takes.
class WeighedByte {
 public:
  // 256 weights, 1 or more, whose sum is below 2^32.
  explicit WeighedByte(const uint32_t* weights) {
    std::copy(weights, weights + kByteValues, sums_.begin() + kByteValues);
    for (size_t node = kByteValues - 1; node > 0; --node) {
      sums_[node] = sums_[2 * node] + sums_[2 * node + 1];
    }
  }
  uint32_t Predict() const {
    const uint64_t ones = sums_[2 * node_ + 1];
    const uint64_t p1_q16 = ((ones << 16) + sums_[node_] / 2) / sums_[node_];
    return static_cast<uint32_t>(std::clamp<uint64_t>(p1_q16, 1, 65535));
  }
  void Update(int bit) { node_ = 2 * node_ + static_cast<size_t>(bit); }

 private:
  std::array<uint32_t, 2 * kByteValues> sums_;
  size_t node_ = 1;
};

}  // namespace lmz::bench
