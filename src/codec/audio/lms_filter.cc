#include "codec/audio/lms_filter.h"

#include <algorithm>
#include <cassert>

#include "codec/audio/fixed.h"

namespace lmz::audio {

namespace {
constexpr int kRoom = 2048;  // values between two moves of the history to the front
constexpr int kGainBits = 15;
constexpr int kMaxShift = 30;  // a step beyond it is too small to change a weight
}  // namespace

LmsFilter::LmsFilter(const AudioKernels& kernels, int taps, int rate)
    : kernels_(kernels),
      taps_(taps),
      rate_(rate),
      end_(taps),
      values_(static_cast<size_t>(taps + kRoom)),
      weights_(static_cast<size_t>(taps)) {
  assert(taps > 0 && taps <= 1024 && taps % kAudioLanes == 0);
}

// Weights move by history * error * rate / power: by history * gain / 2^shift with a gain of at
// most 15 bits.
void LmsFilter::Adapt(int64_t error_q4) {
  if (error_q4 == 0) return;
  const auto step = static_cast<uint64_t>(Magnitude(error_q4) * rate_);  // below 2^36
  const auto power = static_cast<uint64_t>(power_ + 4 * taps_ + 1);
  const int up = std::min(40, 62 - BitLength(step));
  const uint64_t quotient = (step << up) / power;
  const int down = std::max(BitLength(quotient) - kGainBits, 0);
  const int shift = up - 8 - down;  // 28 bits of weight less 4 of error and 16 of rate
  auto gain = static_cast<int32_t>(quotient >> down);
  if (shift < 0) gain = (1 << kGainBits) - 1;
  if (shift > kMaxShift) return;
  kernels_.adapt(history(), weights_.data(), taps_, error_q4 < 0 ? -gain : gain,
                 std::max(shift, 0));
}

void LmsFilter::Update(int64_t error_q4, int value) {
  Adapt(error_q4);
  const int64_t oldest = *history();
  power_ += int64_t{value} * value - oldest * oldest;
  if (end_ == static_cast<int>(values_.size())) {
    std::copy(values_.end() - taps_, values_.end(), values_.begin());
    end_ = taps_;
  }
  values_[static_cast<size_t>(end_++)] = static_cast<int16_t>(value);
}

}  // namespace lmz::audio
