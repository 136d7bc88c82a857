// Mixer and probability maps: sections 10 and 11 of src/codec/bytes/spec.md.
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <vector>

#include "tests/reference/text/slots.h"

namespace lmz::reference {

// 10. One weight set: rows of weights, of which one is chosen for each bit.
class WeightSet {
 public:
  // `first_row`: the weights of every row when the block begins.
  WeightSet(size_t rows, const std::vector<int>& first_row, int max_logit, int rate)
      : weights_(rows, first_row), max_logit_(max_logit), rate_(rate) {}

  int Mix(const std::vector<int>& inputs, size_t row) {
    row_ = row;
    uint32_t sum = 0;
    for (size_t i = 0; i < inputs.size(); ++i) {
      sum += static_cast<uint32_t>(inputs[i] * weights_.at(row)[i]);
    }
    logit_ = Clamp(static_cast<int32_t>(sum) >> 15, max_logit_);
    return logit_;
  }

  void Learn(const std::vector<int>& inputs, int bit) {
    const int error = (65536 * bit - Squash(logit_)) * rate_ / 64;
    for (size_t i = 0; i < inputs.size(); ++i) {
      int& weight = weights_[row_][i];
      weight = std::clamp(weight + ((inputs[i] * error + 16384) >> 15), -32768, 32767);
    }
  }

 private:
  std::vector<std::vector<int>> weights_;
  int max_logit_;
  int rate_;
  size_t row_ = 0;
  int logit_ = 0;
};

// 11.
class ProbabilityMap {
 public:
  explicit ProbabilityMap(uint64_t n) : knots_(PowerOfTwo(n, 1 << 10, 1 << 12)) {
    for (std::array<int, 25>& knots : knots_) {
      for (int k = 0; k < 25; ++k) knots[static_cast<size_t>(k)] = Squash((k - 12) * 176);
    }
  }

  int Refine(int logit, uint32_t context) {
    std::array<int, 25>& knots = knots_[context % knots_.size()];
    const int offset = Clamp(logit, 2111) + 2112;
    const size_t k = static_cast<size_t>(offset / 176);
    const int weight = offset % 176;
    near_ = 2 * weight >= 176 ? &knots[k + 1] : &knots[k];
    return (knots[k] * (176 - weight) + knots[k + 1] * weight) / 176;
  }

  void Learn(int bit) { *near_ += (65535 * bit - *near_) >> 6; }

 private:
  std::vector<std::array<int, 25>> knots_;
  int* near_ = nullptr;
};

}  // namespace lmz::reference
