// Finds how far back the errors of a prediction look like the present ones, as in voiced speech,
// and offers the errors around that place to whoever predicts the next one (spec.md, 4.4).
#pragma once

#include <cstddef>
#include <cstdint>

#include "codec/audio/kernels/audio_kernels.h"
#include "cpu/aligned.h"

namespace lmz::audio {

class PitchTracker {
 public:
  static constexpr int kTaps = 7;
  static constexpr int kMinLag = 32;
  static constexpr int kMaxLag = 415;

  explicit PitchTracker(const AudioKernels& kernels);

  // The errors one lag before the coming one and around that, oldest first, in 1/256 of a sample's
  // unit, |x| <= 2^30: [kTaps]
  const int32_t* taps() const { return &errors_[end_ - static_cast<size_t>(lag_ + kTaps / 2)]; }

  // How many samples back the taps' middle lies.
  int lag() const { return lag_; }

  // The error was `error_q8`, |x| <= 2^30, when errors are `mean_q8` >= 16 in the mean.
  void Update(int64_t error_q8, int64_t mean_q8);

 private:
  static constexpr size_t kLags = kMaxLag - kMinLag + 1;
  static_assert(kLags % kAudioLanes == 0);
  static constexpr size_t kLength = kMaxLag + kTaps / 2;
  static constexpr size_t kRoom = 4096;  // errors between two moves of the history to the front

  void FindLag();

  const AudioKernels& kernels_;
  size_t end_ = kLength;                // behind the newest error
  AlignedVector<int32_t> errors_;       // the history moves through here
  AlignedVector<int16_t> relative_;     // the same in 1/256 of their mean
  AlignedVector<int32_t> correlation_;  // [kLags], of kMaxLag first
  int lag_ = kMaxLag;
  uint32_t waiting_ = 0;  // errors since the lag was chosen
};

}  // namespace lmz::audio
