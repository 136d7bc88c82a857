// A long adaptive filter by the normalised least mean squares method (Widrow and Hoff), with 16-bit
// history and 32-bit weights: finds what repeats over more samples than a regression can afford
// (spec.md, 6).
#pragma once

#include <cstdint>

#include "codec/audio/kernels/audio_kernels.h"
#include "cpu/aligned.h"

namespace lmz::audio {

class LmsFilter {
 public:
  // `taps` is a multiple of 8, at most 1024; the weights move by `rate` / 65536 of what would make
  // the last prediction right.
  LmsFilter(const AudioKernels& kernels, int taps, int rate);

  // The next value expected from the last ones, in 1/4096 of their unit.
  int32_t Predict() const { return kernels_.filter(history(), weights_.data(), taps_); }

  // The prediction was too low by `error_q4` / 16, |error_q4| <= 2^20, and `value`, |x| < 2^15,
  // joins the history.
  void Update(int64_t error_q4, int value);

 private:
  const int16_t* history() const { return &values_[static_cast<size_t>(end_ - taps_)]; }
  void Adapt(int64_t error_q4);

  const AudioKernels& kernels_;
  int taps_;
  int rate_;
  int end_;                         // behind the newest value
  int64_t power_ = 0;               // sum of the squares in the history
  AlignedVector<int16_t> values_;   // the history moves through here
  AlignedVector<int32_t> weights_;  // [taps], in 1/2^28; the oldest value's first
};

}  // namespace lmz::audio
