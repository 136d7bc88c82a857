// A token as binary decisions.
#pragma once

#include <algorithm>
#include <cstdint>
#include <vector>

namespace lmz::bench {

// Codes tokens by halves of the vocabulary.
class TokenCoder {
 public:
  explicit TokenCoder(uint32_t size) : below_(size_t{size} + 1) {}

  // Returns the token; of a decoder, `wanted` is ignored.
  template <class Coder>
  uint32_t Code(Coder& coder, const uint32_t* weights, uint32_t wanted) {
    for (size_t i = 0; i + 1 < below_.size(); ++i) below_[i + 1] = below_[i] + weights[i];
    uint32_t begin = 0, end = static_cast<uint32_t>(below_.size() - 1);
    while (end - begin > 1) {
      const uint32_t middle = begin + (end - begin) / 2;
      const uint64_t all = below_[end] - below_[begin], above = below_[end] - below_[middle];
      const uint64_t p1_q16 = std::clamp<uint64_t>(((above << 16) + all / 2) / all, 1, 65535);
      const int bit = coder.Code(wanted >= middle ? 1 : 0, static_cast<uint32_t>(p1_q16));
      (bit != 0 ? begin : end) = middle;
    }
    return begin;
  }

 private:
  std::vector<uint64_t> below_;  // the sum of the weights below each token
};

}  // namespace lmz::bench
