#include "codec/audio/sample_model.h"

#include <algorithm>
#include <utility>

#include "codec/audio/fixed.h"
#include "entropy/logistic.h"

namespace lmz::audio {

namespace {

// Mean errors: of which prediction, and how fast they forget.
struct MeanRow {
  PredictionKind kind;
  int decay;
};
constexpr std::array<MeanRow, 8> kMeanRows = {{
    {kCombined, 2},
    {kCombined, 3},
    {kCombined, 5},
    {kCombined, 7},
    {kBothFilters, 5},
    {kSlowRegression, 5},
    {kMiddleRegression, 5},
    {kFastRegression, 5},
}};
constexpr size_t kFastMean = 1;
constexpr size_t kSteadyMean = 2;

// Distributions: whose mean error makes them how wide, and their shape.
struct DistributionRow {
  size_t mean;
  Shape shape;
};
constexpr std::array<DistributionRow, 10> kDistributionRows = {{
    {0, Shape::kLogistic},
    {kFastMean, Shape::kLogistic},
    {3, Shape::kLogistic},
    {kFastMean, Shape::kNormal},
    {kSteadyMean, Shape::kLaplace},
    {kSteadyMean, Shape::kNormal},
    {4, Shape::kLogistic},
    {5, Shape::kLogistic},
    {6, Shape::kLogistic},
    {7, Shape::kLogistic},
}};

constexpr uint32_t kGrades = 16;  // of trend, surprise, dissent and offset
constexpr uint32_t kFractions = 4;

template <size_t... kIndex>
std::array<MeanError, kMeanRows.size()> MakeMeans(std::index_sequence<kIndex...>) {
  return {MeanError(kMeanRows[kIndex].decay)...};
}

uint32_t Grade(int64_t ratio) {
  return static_cast<uint32_t>(std::clamp<int64_t>(ratio, 0, kGrades - 1));
}

// The two bits below the highest of a number of at least three bits.
uint32_t NextBits(int64_t value) {
  const int bits = BitLength(static_cast<uint64_t>(value));
  return static_cast<uint32_t>(value >> (bits - 3) & 3);
}

// ratio_q4 in half octaves, 4 for one.
uint32_t TrendOf(int64_t ratio_q4) {
  const int bits = BitLength(static_cast<uint64_t>(ratio_q4));
  const int half = bits >= 2 ? static_cast<int>(ratio_q4 >> (bits - 2) & 1) : 0;
  return Grade(2 * bits + half - 4);
}

constexpr int16_t kFirstWeight = 32768 * 5 / 100;

}  // namespace

constexpr std::array<uint32_t, 5> SampleModel::kMixerRows = {
    kNodes, kNodes* kGrades, kNodes* kGrades, kNodes* kGrades, kNodes* kGrades};

SampleModel::SampleModel(const MixerKernels& kernels, int32_t lowest, int32_t highest)
    : lowest_(lowest),
      highest_(highest),
      means_(MakeMeans(std::make_index_sequence<kMeanRows.size()>())),
      mixer_(kernels, kMixerRows, std::span(kMixerRows).first(2), Mixer::EvenRows(kFirstWeight)),
      refinement_(kNodes * kLevels),
      by_level_(kNodes * kLevels),
      by_trend_(kNodes * kGrades * kFractions),
      by_surprise_(kNodes * kGrades * kFractions) {
  static_assert(kMeanRows.size() == kMeans && kDistributionRows.size() == kDistributions);
  static_assert(kDistributions + 4 <= Mixer::kInputs);
}

void SampleModel::Begin(const Predictions& predictions_q8) {
  predictions_q8_ = predictions_q8;
  low_ = lowest_;
  high_ = highest_ + 1;
  center_ = std::clamp((predictions_q8[kCombined] + 128) >> 8, lowest_, highest_);
  for (size_t i = 0; i < kDistributions; ++i) {
    const DistributionRow& row = kDistributionRows[i];
    distributions_[i] =
        Distribution(row.shape, predictions_q8[kMeanRows[row.mean].kind], means_[row.mean].q8());
    below_low_[i] = distributions_[i].Below(low_);
    below_high_[i] = distributions_[i].Below(high_);
  }
  const int64_t scale_q8 = (3 * means_[kFastMean].q8() + 5 * means_[kSteadyMean].q8()) >> 3;
  width_bits_ = std::max(0, BitLength(static_cast<uint64_t>(scale_q8 >> 8)) - 1);
  BeginContexts(scale_q8);
}

void SampleModel::BeginContexts(int64_t scale_q8) {
  const auto bits = static_cast<uint32_t>(BitLength(static_cast<uint64_t>(scale_q8)));
  const uint32_t quarters = NextBits(scale_q8);
  level_ = std::min(kLevels - 1, 2 * bits + (quarters >> 1));
  fraction_ = quarters;
  trend_ = TrendOf(means_[kFastMean].q8() * 16 / (means_[kSteadyMean].q8() + 1));
  surprise_ = Grade(
      BitLength(static_cast<uint64_t>((Magnitude(last_error_q8_) >> 8) * 2048 / (scale_q8 + 1))));
  const int64_t dissent_q8 =
      Magnitude(predictions_q8_[kSlowRegression] - predictions_q8_[kMiddleRegression]);
  dissent_ = Grade(2 * BitLength(static_cast<uint64_t>(dissent_q8 * 8 / (scale_q8 + 1))));
  offset_ = static_cast<uint32_t>((predictions_q8_[kCombined] + 128) >> 4 & 15);
}

// Of the part at or above the split, if the sample is between low_ and high_.
uint32_t SampleModel::ProbabilityOf(size_t distribution, int64_t split) {
  const int64_t below = distributions_[distribution].Below(split);
  below_split_[distribution] = below;
  const int64_t all = below_high_[distribution] - below_low_[distribution];
  if (all <= 0) return 32768;
  const int64_t upper = below_high_[distribution] - below;
  return static_cast<uint32_t>(std::clamp<int64_t>((upper << 16) / all, 1, 65535));
}

uint32_t SampleModel::PredictFine(int64_t split) {
  return ProbabilityOf(kFine, split);
}

uint32_t SampleModel::PredictMixed(int64_t split, uint32_t node) {
  for (size_t i = 0; i < kDistributions; ++i) {
    mixer_.SetInput(i, Stretch(static_cast<int>(ProbabilityOf(i, split))));
  }
  const uint32_t shown = node == 0 ? offset_ : surprise_;
  adaptive_ = {&by_level_[node * kLevels + level_],
               &by_trend_[(node * kGrades + trend_) * kFractions + fraction_],
               &by_surprise_[(node * kGrades + shown) * kFractions + fraction_]};
  for (size_t i = 0; i < adaptive_.size(); ++i) {
    mixer_.SetInput(kDistributions + i, Stretch(adaptive_[i]->p_q16()));
  }
  mixer_.SetInput(kDistributions + adaptive_.size(), 256);
  const uint32_t row = node * kGrades;
  const int logit_q8 = mixer_.Predict(
      {{node, row + trend_, row + dissent_, row + surprise_, row + Grade(width_bits_)},
       {node, row + trend_}});
  const int refined = refinement_.Predict(logit_q8, node * kLevels + level_);
  return static_cast<uint32_t>((3 * Squash(logit_q8) + refined) / 4);
}

void SampleModel::Learn(int bit) {
  mixer_.Update(bit);
  refinement_.Update(bit);
  for (DualRate* adaptive : adaptive_) adaptive->Update<5, 7>(bit);
  for (size_t i = 0; i < kDistributions; ++i) Narrow(i, bit);
}

void SampleModel::Update(int32_t sample) {
  const int64_t sample_q8 = int64_t{sample} * 256;
  for (size_t i = 0; i < kMeans; ++i) {
    means_[i].Add(sample_q8 - predictions_q8_[kMeanRows[i].kind]);
  }
  last_error_q8_ = sample_q8 - predictions_q8_[kCombined];
}

}  // namespace lmz::audio
