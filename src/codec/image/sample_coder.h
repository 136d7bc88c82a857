// Codes one sample as a few yes-or-no questions: is it at least the centre, then how far away, in
// intervals that double, then where in the interval. Each question's probability is mixed from what
// the opinions say, what was seen in the bit contexts and what the colour table says. Spec:
// spec.md, section 7.
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <vector>

#include "codec/image/color_table.h"
#include "codec/image/predictor.h"
#include "mix/mixer.h"

namespace lmz::image {

class SampleCoder {
 public:
  // `maximum` is the largest value of a sample.
  SampleCoder(const MixerKernels& kernels, int32_t maximum);

  static uint64_t Memory();

  // Codes `wanted` (an encoder's sample; a decoder's argument is ignored) and returns the sample.
  // `colors`: prepared for this sample, or null.
  template <class Coder>
  int32_t Code(Coder& coder, const Prediction& prediction, const ColorTable* colors,
               int32_t wanted) {
    Begin(prediction, colors);
    const int32_t center = prediction.center;
    const auto is_at_least = [&](int32_t boundary, uint32_t node) {
      const uint32_t p1_q16 = Ask(boundary, node);
      const int bit = coder.Code(wanted >= boundary ? 1 : 0, p1_q16);
      Learn(boundary, bit);
      return bit != 0;
    };
    const bool is_up = is_at_least(center, kSideNode);
    // The distance, doubling: 1, 1, 2, 4, .. values at a time.
    uint32_t ring = 0;
    for (int32_t passed = 0, size = 1;; ++ring) {
      passed += size;
      const int32_t boundary = is_up ? center + passed : center - passed;
      if (is_up ? boundary >= high_ : boundary <= low_) break;
      if (is_at_least(boundary, RingNode(is_up, ring)) != is_up) break;
      if (ring != 0) size *= 2;
    }
    // The place in it, by halves from the side of the centre.
    uint32_t level = 0;
    bool was_at_least = false;
    while (high_ - low_ > 1) {
      const auto half = static_cast<int32_t>(HighestBit(static_cast<uint32_t>(high_ - low_ - 1)));
      const uint32_t node = HalfNode(is_up, ring, level, was_at_least);
      was_at_least = is_at_least(is_up ? low_ + half : high_ - half, node);
      ++level;
    }
    return low_;
  }

 private:
  static constexpr uint32_t kNodes = 128;
  static constexpr uint32_t kNodeGroup = 4;  // neighbouring nodes that share weights
  // Of the mixer's sets; the first two are those of the second layer, too.
  static constexpr std::array<uint32_t, 5> kRows = {
      kNodes, kWeightContextSizes[0] * (kNodes / kNodeGroup), kWeightContextSizes[1],
      kWeightContextSizes[2], 1};
  static constexpr uint32_t kSideNode = 0;
  static constexpr uint32_t kLastRing = 6;  // farther ones share the nodes of their halves

  static uint32_t RingNode(bool is_up, uint32_t ring) {
    return 1 + (is_up ? 20 : 0) + std::min(ring, 19u);
  }
  static uint32_t HalfNode(bool is_up, uint32_t ring, uint32_t level, bool was_at_least) {
    const uint32_t first = 41 + (is_up ? 42 : 0) + std::min(ring, kLastRing) * 6;
    if (level == 0) return first;
    if (level == 1) return first + (was_at_least ? 2 : 1);
    return first + std::min(level + 1, 5u);
  }
  static uint32_t HighestBit(uint32_t x) { return 1u << (31 - __builtin_clz(x)); }

  // A probability that has seen `count` bits.
  struct Adaptive {
    uint16_t p_q16 = 32768;
    uint16_t count = 0;
  };

  void Begin(const Prediction& prediction, const ColorTable* colors);
  uint32_t Ask(int32_t boundary, uint32_t node);
  void Learn(int32_t boundary, int bit);

  int32_t maximum_;
  Mixer mixer_;
  std::array<std::vector<Adaptive>, kBitContexts> adaptive_;  // [context][node]

  // Of the sample: it is low_ .. high_ - 1.
  const Prediction* prediction_ = nullptr;
  const ColorTable* colors_ = nullptr;
  int32_t low_ = 0;
  int32_t high_ = 0;
  std::array<uint32_t, kOpinions> share_low_{};   // below low_, by opinion
  std::array<uint32_t, kOpinions> share_high_{};  // below high_

  // Of the question.
  std::array<uint32_t, kOpinions> share_{};  // below its boundary
  std::array<Adaptive*, kBitContexts> asked_{};
};

}  // namespace lmz::image
