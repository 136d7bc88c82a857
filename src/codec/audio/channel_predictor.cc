#include "codec/audio/channel_predictor.h"

#include <algorithm>

#include "codec/audio/fixed.h"

namespace lmz::audio {

namespace {

constexpr int64_t kMaxPredictionQ8 = int64_t{1} << 32;
constexpr int64_t kMaxDifference = int64_t{1} << 30;
constexpr int kMaxValue = 32767;
constexpr int kFilterFraction = 12;
constexpr int64_t kMaxFilterErrorQ4 = int64_t{1} << 20;
constexpr int64_t kWeightOfUnitError = int64_t{1} << 23;
constexpr int32_t kCombinedWeight = 4096;

// How many of the newest samples come first, so that lower orders have a share of them.
constexpr int kOwnNear = 16;
constexpr int kPartnerNear = 8;

// How many inputs the further predictions of the shorter regressions have.
constexpr std::array<int, LeastSquares::kMaxLowerOrders> kLowerOrders = {4, 8, 16};

LeastSquares::Options RegressionOptions(bool has_partner, int decay,
                                        decltype(kLowerOrders) lower_orders = {}) {
  return {.inputs = 2 * kOwnNear + (has_partner ? 2 * kPartnerNear : 0),
          .decay = decay,
          .regularization = 24,
          .lower_orders = lower_orders};
}

}  // namespace

void SampleHistory::Push(int32_t sample) {
  if (begin_ == 0) {
    std::copy_n(samples_.begin(), kLength, samples_.end() - kLength);
    begin_ = kRoom;
  }
  samples_[--begin_] = sample;
}

ChannelPredictor::ChannelPredictor(const AudioKernels& kernels, bool has_partner, int headroom)
    : inputs_(RegressionOptions(has_partner, 0).inputs),
      headroom_(headroom),
      regressions_{LeastSquares(kernels, RegressionOptions(has_partner, 7)),
                   LeastSquares(kernels, RegressionOptions(has_partner, 5, kLowerOrders)),
                   LeastSquares(kernels, RegressionOptions(has_partner, 3, kLowerOrders))},
      filters_{LmsFilter(kernels, 256, 131), LmsFilter(kernels, 32, 200)},
      pitch_(kernels),
      combination_(kernels, {.inputs = kOpinions, .decay = 5, .regularization = 14}) {}

void ChannelPredictor::GatherInputs(const SampleHistory& own, const SampleHistory* partner) {
  int32_t* out = samples_.data();
  const auto take = [&out](const int32_t* from, int count) {
    std::copy_n(from, count, out);
    out += count;
  };
  for (int half = 0; half < 2; ++half) {
    take(own.newest() + half * kOwnNear, kOwnNear);
    if (partner != nullptr) take(partner->newest() + half * kPartnerNear, kPartnerNear);
  }
}

// What the combination predicts from: how far each other prediction is from that of both filters,
// the errors one pitch period ago, and its own last ones.
void ChannelPredictor::GatherOpinions() {
  int32_t* out = opinions_q8_.data();
  const auto add = [&](int64_t prediction_q8) {
    *out++ =
        static_cast<int32_t>(Clamp(prediction_q8 - predictions_q8_[kBothFilters], kMaxDifference));
  };
  for (size_t i = 0; i < kBothFilters; ++i) add(predictions_q8_[i]);
  for (const size_t i : {kMiddleRegression, kFastRegression}) {
    for (size_t which = 0; which < LeastSquares::kMaxLowerOrders; ++which) {
      add(regressions_[i].PredictLower(which, samples_.data()) >> 12);
    }
  }
  out = std::copy_n(pitch_.taps(), PitchTracker::kTaps, out);
  std::copy(last_errors_q8_.begin(), last_errors_q8_.end(), out);
}

const Predictions& ChannelPredictor::Predict(const SampleHistory& own,
                                             const SampleHistory* partner) {
  GatherInputs(own, partner);
  Predictions& q8 = predictions_q8_;
  for (size_t i = 0; i < kRegressions; ++i) {
    q8[i] = Clamp(regressions_[i].Predict(samples_.data()) >> 12, kMaxPredictionQ8);
  }
  int64_t sum_q8 = q8[kSlowRegression];
  for (size_t i = 0; i < kFilters; ++i) {
    filtered_q8_[i] = Scale(filters_[i].Predict(), 8 - kFilterFraction - headroom_);
    sum_q8 = Clamp(sum_q8 + filtered_q8_[i], kMaxPredictionQ8);
    q8[kFirstFilter + i] = sum_q8;
  }
  GatherOpinions();
  const int64_t correction_q8 = combination_.Predict(opinions_q8_.data()) >> 20;
  q8[kCombined] = Clamp(sum_q8 + correction_q8, kMaxPredictionQ8);
  return q8;
}

void ChannelPredictor::UpdateFilters(int64_t sample_q8) {
  int64_t target_q8 = sample_q8 - predictions_q8_[kSlowRegression];
  for (size_t i = 0; i < kFilters; ++i) {
    const int64_t value = Clamp(Scale(target_q8, headroom_ - 8), kMaxValue);
    target_q8 -= filtered_q8_[i];
    filters_[i].Update(Clamp(Scale(target_q8, headroom_ - 4), kMaxFilterErrorQ4),
                       static_cast<int>(value));
  }
}

void ChannelPredictor::UpdateCombination(int64_t sample_q8) {
  int32_t* columns = combined_frames_.next();
  const auto normalize = [this](int64_t difference) {
    return static_cast<int32_t>(Clamp(difference * 4096 / error_.q8(), kMaxValue));
  };
  columns[0] = normalize(Clamp(sample_q8 - predictions_q8_[kBothFilters], kMaxPredictionQ8));
  for (size_t i = 0; i < kOpinions; ++i) columns[i + 1] = normalize(opinions_q8_[i]);
  if (combined_frames_.Add(kOpinions + 1, kCombinedWeight)) {
    combination_.Learn(combined_frames_);
  }
}

void ChannelPredictor::UpdateRegressions(int32_t sample) {
  int32_t* columns = frames_.next();
  const int headroom = headroom_;
  columns[0] = static_cast<int32_t>(Scale(sample, headroom));
  for (int i = 0; i < inputs_; ++i) {
    columns[i + 1] = static_cast<int32_t>(Scale(samples_[static_cast<size_t>(i)], headroom));
  }
  // The louder the errors are just now, the less a frame tells.
  const int64_t error_q8 = std::max<int64_t>(Scale(error_.q8(), headroom), 1);
  const int64_t weight = std::clamp<int64_t>(kWeightOfUnitError / error_q8, 1, kMaxValue);
  if (!frames_.Add(inputs_ + 1, static_cast<int32_t>(weight))) return;
  for (LeastSquares& regression : regressions_) regression.Learn(frames_);
}

void ChannelPredictor::Update(int32_t sample) {
  const int64_t sample_q8 = int64_t{sample} * 256;
  error_.Add(sample_q8 - predictions_q8_[kCombined]);
  UpdateFilters(sample_q8);
  UpdateCombination(sample_q8);
  pitch_.Update(Clamp(sample_q8 - predictions_q8_[kSlowRegression], kMaxDifference), error_.q8());
  std::copy_backward(last_errors_q8_.begin(), last_errors_q8_.end() - 1, last_errors_q8_.end());
  last_errors_q8_[0] =
      static_cast<int32_t>(Clamp(sample_q8 - predictions_q8_[kCombined], kMaxDifference));
  UpdateRegressions(sample);
}

}  // namespace lmz::audio
