// Predicts the next sample of one channel from its past and that of a partner channel: three linear
// regressions of different memory, two adaptive filters behind the first of them, a search for the
// pitch, and a fourth regression that combines what these say (spec.md, 4). Integers only; one
// instance a channel.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "codec/audio/distribution.h"
#include "codec/audio/kernels/audio_kernels.h"
#include "codec/audio/least_squares.h"
#include "codec/audio/lms_filter.h"
#include "codec/audio/pitch_tracker.h"

namespace lmz::audio {

// The newest samples of a channel, newest first; zeros before the first.
class SampleHistory {
 public:
  static constexpr int kLength = 32;

  SampleHistory() : samples_(kRoom + kLength), begin_(kRoom) {}

  void Push(int32_t sample);
  const int32_t* newest() const { return &samples_[begin_]; }  // [kLength]

 private:
  static constexpr size_t kRoom = 1024;
  AlignedVector<int32_t> samples_;
  size_t begin_;
};

enum PredictionKind : uint8_t {
  kSlowRegression,
  kMiddleRegression,
  kFastRegression,
  kFirstFilter,  // the slow regression and the first filter behind it
  kBothFilters,
  kCombined,
  kPredictionKinds
};

// In 1/256 of a sample's unit, within +-2^32.
using Predictions = std::array<int64_t, kPredictionKinds>;

class ChannelPredictor {
 public:
  // `headroom`: samples times 2^headroom are below 2^15.
  ChannelPredictor(const AudioKernels& kernels, bool has_partner, int headroom);

  // What the next sample of `own` may be. `partner` is null without one; where the partner comes
  // first in a frame, its history has that frame's sample already.
  const Predictions& Predict(const SampleHistory& own, const SampleHistory* partner);

  // It was `sample`.
  void Update(int32_t sample);

 private:
  static constexpr int kRegressions = 3;
  static constexpr int kFilters = 2;
  static constexpr size_t kLastErrors = 4;
  // Those of the combination: the other predictions, from regressions of lower order, and errors.
  static constexpr size_t kOpinions =
      kBothFilters + 2 * LeastSquares::kMaxLowerOrders + PitchTracker::kTaps + kLastErrors;

  void GatherInputs(const SampleHistory& own, const SampleHistory* partner);
  void GatherOpinions();
  void UpdateFilters(int64_t sample_q8);
  void UpdateCombination(int64_t sample_q8);
  void UpdateRegressions(int32_t sample);

  int inputs_;
  int headroom_;
  std::array<LeastSquares, kRegressions> regressions_;
  std::array<LmsFilter, kFilters> filters_;
  PitchTracker pitch_;
  LeastSquares combination_;
  FrameBlock frames_;
  FrameBlock combined_frames_;
  MeanError error_{3};  // of the combined prediction
  alignas(64) std::array<int32_t, FrameBlock::kMaxColumns> samples_{};  // the regressions' inputs
  std::array<int64_t, kFilters> filtered_q8_{};
  std::array<int32_t, kLastErrors> last_errors_q8_{};         // of the combined one, newest first
  alignas(64) std::array<int32_t, kOpinions> opinions_q8_{};  // the combination's inputs
  Predictions predictions_q8_{};
};

}  // namespace lmz::audio
