// Codes the samples of one channel: binary decisions that halve the range of what the sample may
// be, each with a probability mixed from the distributions around the predictions (spec.md, 8).
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "codec/audio/channel_predictor.h"
#include "codec/audio/distribution.h"
#include "mix/dual_rate.h"
#include "mix/kernels/mixer_kernels.h"
#include "mix/mixer.h"
#include "mix/probability_map.h"

namespace lmz::audio {

// No decision is taken to be more certain than this, so that a payload's size bounds the time that
// a decoder spends on it.
inline constexpr uint32_t kLeastProbability = 32;  // in 1/65536

class SampleModel {
 public:
  // For samples in lowest .. highest, lowest < highest, both within +-2^23.
  SampleModel(const MixerKernels& kernels, int32_t lowest, int32_t highest);

  // Codes one sample and learns it; returns it. A decoder ignores `wanted`. Each sample takes at
  // least one decision.
  template <class Coder>
  int32_t Code(Coder& coder, const Predictions& predictions_q8, int32_t wanted) {
    Begin(predictions_q8);
    const int64_t center = center_;
    const auto is_below = [&](int64_t split, uint32_t node) {
      return !Decide(coder, split, node, wanted >= split);
    };
    // Magnitudes count away from the center, upwards from it or downwards from the one below it.
    const bool is_low = is_below(center, 0);
    const auto exceeds = [&](int64_t magnitude, uint32_t node) {
      return is_low ? is_below(center - magnitude, node) : !is_below(center + magnitude, node);
    };
    int64_t least = 0;
    int width_bits = width_bits_;
    uint32_t bucket = 0;
    while (exceeds(least + (int64_t{1} << width_bits), BucketNode(is_low, bucket))) {
      least += int64_t{1} << width_bits;
      if (bucket != 0) ++width_bits;
      ++bucket;
    }
    uint32_t place = 0;  // in the bucket, the bits so far behind a leading one; 0 is the first
    for (int bit = width_bits - 1; bit >= 0; --bit) {
      const bool is_far = exceeds(least + (int64_t{1} << bit), PlaceNode(is_low, bucket, place));
      if (is_far) least += int64_t{1} << bit;
      place = place == 0 ? 1 + static_cast<uint32_t>(is_far) : kFineNode;
    }
    const auto sample = static_cast<int32_t>(is_low ? center - 1 - least : center + least);
    Update(sample);
    return sample;
  }

 private:
  static constexpr size_t kDistributions = 10;
  static constexpr size_t kFine = 4;  // the distribution that tells the last bits alone
  static constexpr uint32_t kNodes = 52;
  static constexpr uint32_t kFineNode = kNodes;
  // Of the mixer's sets; the first two are those of the second layer, too.
  static const std::array<uint32_t, 5> kMixerRows;
  static constexpr uint32_t kLevels = 64;
  static constexpr size_t kMeans = 8;

  static uint32_t BucketNode(bool is_low, uint32_t bucket) {
    return 1 + (is_low ? 8 : 0) + (bucket < 7 ? bucket : 7);
  }
  static uint32_t PlaceNode(bool is_low, uint32_t bucket, uint32_t place) {
    if (place == kFineNode) return kFineNode;
    return 17 + (is_low ? 20 : 0) + 4 * (bucket < 3 ? bucket : 3) + place;
  }

  // Whether the sample is at or above `split`; nothing is coded when that is known already.
  template <class Coder>
  bool Decide(Coder& coder, int64_t split, uint32_t node, bool is_upper) {
    if (split <= low_) return true;
    if (split >= high_) return false;
    uint32_t p1_q16 = node == kFineNode ? PredictFine(split) : PredictMixed(split, node);
    if (p1_q16 < kLeastProbability) p1_q16 = kLeastProbability;
    if (p1_q16 > 65536 - kLeastProbability) p1_q16 = 65536 - kLeastProbability;
    const int bit = coder.Code(is_upper ? 1 : 0, p1_q16);
    if (node == kFineNode) {
      NarrowFine(bit);
    } else {
      Learn(bit);
    }
    (bit != 0 ? low_ : high_) = split;
    return bit != 0;
  }

  void Begin(const Predictions& predictions_q8);
  void BeginContexts(int64_t scale_q8);
  uint32_t PredictFine(int64_t split);
  uint32_t PredictMixed(int64_t split, uint32_t node);
  uint32_t ProbabilityOf(size_t distribution, int64_t split);
  void NarrowFine(int bit) { Narrow(kFine, bit); }
  void Narrow(size_t distribution, int bit) {
    (bit != 0 ? below_low_ : below_high_)[distribution] = below_split_[distribution];
  }
  void Learn(int bit);
  void Update(int32_t sample);

  int64_t lowest_;
  int64_t highest_;

  // What is known of the sample: low_ <= sample < high_; and what the distributions say of it.
  int64_t low_ = 0;
  int64_t high_ = 0;
  std::array<Distribution, kDistributions> distributions_;
  std::array<int64_t, kDistributions> below_low_{};
  std::array<int64_t, kDistributions> below_high_{};
  std::array<int64_t, kDistributions> below_split_{};

  Predictions predictions_q8_{};
  std::array<MeanError, kMeans> means_;
  int64_t last_error_q8_ = 0;
  int64_t center_ = 0;
  int width_bits_ = 0;

  // Contexts of the sample.
  uint32_t level_ = 0;     // of the errors, two steps an octave
  uint32_t fraction_ = 0;  // of the level, in quarters of an octave
  uint32_t trend_ = 0;     // the last errors against those before them
  uint32_t surprise_ = 0;  // the very last error
  uint32_t dissent_ = 0;   // between two regressions
  uint32_t offset_ = 0;    // of the prediction from the center

  Mixer mixer_;
  ProbabilityMap refinement_;
  std::vector<DualRate> by_level_;
  std::vector<DualRate> by_trend_;
  std::vector<DualRate> by_surprise_;
  std::array<DualRate*, 3> adaptive_{};  // those of the decision
};

}  // namespace lmz::audio
