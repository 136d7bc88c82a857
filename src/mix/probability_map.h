// Adaptive probability map (the secondary estimation of Mahoney's PAQ): corrects a probability by
// what really followed similar ones in the same context. Each context holds 25 probabilities over
// the logit axis; the estimate is interpolated between two of them, the nearer one learns.
#pragma once

#include <algorithm>
#include <cstdint>
#include <vector>

#include "entropy/logistic.h"

namespace lmz {

class ProbabilityMap {
 public:
  explicit ProbabilityMap(uint32_t contexts) : p_q16_(contexts * kKnots) {
    for (int k = 0; k < kKnots; ++k) {
      p_q16_[static_cast<size_t>(k)] = static_cast<uint16_t>(Squash((k - kKnots / 2) * kStep));
    }
    for (uint32_t first = kKnots; first < p_q16_.size(); first += kKnots) {
      std::copy_n(p_q16_.begin(), kKnots, p_q16_.begin() + first);
    }
  }

  static constexpr uint64_t Memory(uint32_t contexts) {
    return uint64_t{contexts} * kKnots * sizeof(uint16_t);
  }

  // Chooses the context of the next Predict, whose numbers may have to come from afar.
  void Enter(uint32_t context) {
    first_ = context * kKnots;
    __builtin_prefetch(&p_q16_[first_]);
    __builtin_prefetch(&p_q16_[first_ + kKnots - 1]);
  }

  // The corrected probability of a one, in 0 .. 65535, and remembers where it came from.
  int Predict(int logit_q8) {
    const int limit = kStep * (kKnots / 2) - 1;
    const int clamped = logit_q8 > limit ? limit : logit_q8 < -limit ? -limit : logit_q8;
    const uint32_t offset = static_cast<uint32_t>(clamped + limit + 1);
    const uint32_t knot = first_ + offset / kStep;
    const int weight = static_cast<int>(offset % kStep);
    nearest_ = weight * 2 >= kStep ? knot + 1 : knot;
    return (p_q16_[knot] * (kStep - weight) + p_q16_[knot + 1] * weight) / kStep;
  }

  int Predict(int logit_q8, uint32_t context) {
    Enter(context);
    return Predict(logit_q8);
  }

  void Update(int bit) {
    uint16_t& p = p_q16_[nearest_];
    p = static_cast<uint16_t>(p + (((-bit & 65535) - p) >> kRateShift));
  }

 private:
  static constexpr int kKnots = 25;
  static constexpr int kStep = 176;  // 1/256 nats between knots
  static constexpr int kRateShift = 6;

  std::vector<uint16_t> p_q16_;  // [contexts][kKnots]
  uint32_t first_ = 0;           // knot of the context
  uint32_t nearest_ = 0;
};

}  // namespace lmz
