#include "codec/audio/least_squares.h"

#include <algorithm>
#include <cassert>

#include "codec/audio/fixed.h"

namespace lmz::audio {

namespace {

constexpr int kPowerBits = 56;                       // of the largest power after Normalize
constexpr int64_t kMaxFactor = int64_t{1} << 28;     // its square root
constexpr int64_t kMaxWeightQ20 = int64_t{1} << 25;  // 32
constexpr int64_t kMaxQuotientQ3 = (int64_t{1} << 31) - 1;

// The largest integer whose square is at most value, which is below 2^60.
int64_t SquareRoot(uint64_t value) {
  uint64_t root = uint64_t{1} << (BitLength(value) + 1) / 2;
  while (true) {  // Newton's method, from above: falls until it is there
    const uint64_t next = (root + value / root) >> 1;
    if (next >= root) return static_cast<int64_t>(root);
    root = next;
  }
}

}  // namespace

bool FrameBlock::Add(int columns, int32_t weight) {
  const int32_t* values = next();
  int32_t* weighted = &left_[static_cast<size_t>(frames_ * kStride)];
  for (int i = 0; i < columns; ++i) weighted[i] = values[i] * weight;
  frames_ = (frames_ + 1) % kCorrelateFrames;
  return frames_ == 0;
}

Divisor::Divisor(int64_t value)
    : bits_(BitLength(static_cast<uint64_t>(value))),
      inverse_((int64_t{1} << (bits_ + 30)) / value) {}

int64_t Divisor::Divide(int64_t dividend) const {
  return Clamp(dividend >> (bits_ - 3), kMaxQuotientQ3) * inverse_ >> 33;
}

LeastSquares::LeastSquares(const AudioKernels& kernels, const Options& options)
    : kernels_(kernels),
      options_(options),
      correlation_(static_cast<size_t>(options.inputs + 1) * kStride),
      normalized_(correlation_.size()),
      factor_(correlation_.size()),
      projection_(kStride),
      weights_q20_(kStride) {
  static_assert(kStride % kAudioLanes == 0);
  assert(options.inputs >= 1 && options.inputs < FrameBlock::kMaxColumns);
  for (AlignedVector<int32_t>& weights : lower_weights_q20_) weights.resize(kStride);
}

void LeastSquares::Learn(const FrameBlock& block) {
  kernels_.correlate(block.left(), block.right(), options_.inputs + 1, FrameBlock::kStride,
                     correlation_.data());
  const int decay = options_.decay;
  for (int64_t& sum : correlation_) sum -= sum >> decay;
  if (!Normalize()) return;
  Factorize();
  Substitute(options_.inputs, weights_q20_.data());
  for (size_t i = 0; i < kMaxLowerOrders; ++i) {
    Substitute(options_.lower_orders[i], lower_weights_q20_[i].data());
  }
}

// False when there is nothing to learn from yet.
bool LeastSquares::Normalize() {
  const size_t columns = static_cast<size_t>(options_.inputs) + 1;
  int64_t largest = 0;
  for (size_t i = 0; i < columns; ++i) largest = std::max(largest, correlation_[i * kStride + i]);
  if (largest == 0) return false;
  const int shift = kPowerBits - BitLength(static_cast<uint64_t>(largest));
  if (shift >= 0) {
    for (size_t i = 0; i < correlation_.size(); ++i) {
      normalized_[i] = static_cast<int64_t>(static_cast<uint64_t>(correlation_[i]) << shift);
    }
  } else {
    for (size_t i = 0; i < correlation_.size(); ++i) normalized_[i] = correlation_[i] >> -shift;
  }
  return true;
}

// factor * transposed(factor) = the inputs' correlation, and factor * projection = theirs with the
// target.
void LeastSquares::Factorize() {
  const int64_t least = int64_t{1} << (kPowerBits - options_.regularization);
  for (int i = 0; i < options_.inputs; ++i) {
    const int64_t* wanted = &normalized_[static_cast<size_t>(i + 1) * kStride];
    int32_t* row = &factor_[static_cast<size_t>(i) * kStride];
    for (int j = 0; j < i; ++j) {
      const int32_t* above = &factor_[static_cast<size_t>(j) * kStride];
      const int64_t rest = wanted[j + 1] - kernels_.dot(row, above, j);
      row[j] =
          static_cast<int32_t>(Clamp(divisors_[static_cast<size_t>(j)].Divide(rest), kMaxFactor));
    }
    const int64_t power = wanted[i + 1] + least - kernels_.dot(row, row, i);
    const int64_t root = SquareRoot(static_cast<uint64_t>(std::max(power, least)));
    const Divisor divisor(root);
    divisors_[static_cast<size_t>(i)] = divisor;
    const int64_t rest = wanted[0] - kernels_.dot(row, projection_.data(), i);
    projection_[static_cast<size_t>(i)] =
        static_cast<int32_t>(Clamp(divisor.Divide(rest), kMaxFactor));
  }
}

// transposed(factor) * weights = projection, of the first `inputs` inputs, from
// the last weight to the first.
void LeastSquares::Substitute(int inputs, int32_t* weights_q20) {
  std::array<int64_t, kStride> rest;
  const auto count = static_cast<size_t>(inputs);
  for (size_t i = 0; i < count; ++i) rest[i] = int64_t{projection_[i]} * (1 << 20);
  for (size_t i = count; i-- > 0;) {
    const auto weight = static_cast<int32_t>(Clamp(divisors_[i].Divide(rest[i]), kMaxWeightQ20));
    weights_q20[i] = weight;
    kernels_.subtract_row(rest.data(), &factor_[i * kStride], weight, static_cast<int>(i));
  }
}

}  // namespace lmz::audio
