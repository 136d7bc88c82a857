#include "codec/audio/pitch_tracker.h"

#include <algorithm>

#include "codec/audio/fixed.h"

namespace lmz::audio {

namespace {
constexpr uint32_t kErrorsPerLag = 8;
constexpr int64_t kMaxRelative = 2047;
}  // namespace

PitchTracker::PitchTracker(const AudioKernels& kernels)
    : kernels_(kernels),
      errors_(kLength + kRoom),
      relative_(kLength + kRoom),
      correlation_(kLags) {}

// The most alike; of several the one furthest back.
void PitchTracker::FindLag() {
  int32_t most = correlation_[0];
  for (size_t i = 1; i < kLags; ++i) most = std::max(most, correlation_[i]);
  const auto found = std::find(correlation_.begin(), correlation_.end(), most);
  lag_ = kMaxLag - static_cast<int>(found - correlation_.begin());
}

void PitchTracker::Update(int64_t error_q8, int64_t mean_q8) {
  const auto relative = static_cast<int16_t>(Clamp(error_q8 * 256 / mean_q8, kMaxRelative));
  kernels_.track(&relative_[end_ - kMaxLag], correlation_.data(), kLags, relative);
  if (end_ == errors_.size()) {
    std::copy(errors_.end() - kLength, errors_.end(), errors_.begin());
    std::copy(relative_.end() - kLength, relative_.end(), relative_.begin());
    end_ = kLength;
  }
  errors_[end_] = static_cast<int32_t>(error_q8);
  relative_[end_] = relative;
  ++end_;
  if (++waiting_ < kErrorsPerLag) return;
  waiting_ = 0;
  FindLag();
}

}  // namespace lmz::audio
