// Online linear regression with exponential forgetting: a correlation matrix to which every frame
// is added, and every kCorrelateFrames frames the weights that would have predicted the past best,
// by a Cholesky factorisation in integers (spec.md, 5). The covariance method of linear prediction,
// as the OptimFROG and Sac families use it in front of their filters.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "codec/audio/kernels/audio_kernels.h"
#include "cpu/aligned.h"

namespace lmz::audio {

// Frames wait here until there are kCorrelateFrames of them. Column 0 is the target, column i the
// input i; several regressions may learn from one, each from as many columns as it has inputs.
class FrameBlock {
 public:
  static constexpr int kMaxColumns = 56;
  static constexpr int kStride = kMaxColumns;

  FrameBlock() : left_(kCorrelateFrames * kStride), right_(kCorrelateFrames * kStride) {}

  // Where the caller puts the values of the next frame, |x| < 2^15: [kMaxColumns]
  int32_t* next() { return &right_[static_cast<size_t>(frames_ * kStride)]; }

  // Takes the frame in next() with this weight, 1 .. 2^15. True when the block is full: the caller
  // then shows it to all regressions, and what follows begins a new one.
  bool Add(int columns, int32_t weight);

  const int32_t* left() const { return left_.data(); }
  const int32_t* right() const { return right_.data(); }

 private:
  AlignedVector<int32_t> left_;   // [kCorrelateFrames][kStride]: right times weight
  AlignedVector<int32_t> right_;  // [kCorrelateFrames][kStride]
  int frames_ = 0;
};

// Division by a fixed number of 17 to 29 bits, as multiplication.
class Divisor {
 public:
  Divisor() = default;
  explicit Divisor(int64_t value);

  // dividend / value, a little below it, saturated near +-2^28 (spec.md, 5.3).
  int64_t Divide(int64_t dividend) const;

 private:
  int bits_ = 17;
  int64_t inverse_ = 0;
};

class LeastSquares {
 public:
  static constexpr size_t kMaxLowerOrders = 3;

  struct Options {
    int inputs;          // 1 .. FrameBlock::kMaxColumns - 1
    int decay;           // the matrix forgets 2^-decay of itself with every block of frames
    int regularization;  // 2^-regularization of the largest power is added to all
    // Predictions from fewer inputs are made too, of as many as each entry says; 0: none.
    std::array<int, kMaxLowerOrders> lower_orders = {};
  };

  LeastSquares(const AudioKernels& kernels, const Options& options);

  // Adds a full block of frames and renews the weights.
  void Learn(const FrameBlock& block);

  // The sum of weights times inputs, in 1/2^20 of the inputs' unit: [inputs], |x| < 2^31.
  int64_t Predict(const int32_t* inputs) const {
    return kernels_.dot(weights_q20_.data(), inputs, options_.inputs);
  }

  // The same by the regression on the first lower_orders[which] inputs alone, which the
  // factorisation has at hand.
  int64_t PredictLower(size_t which, const int32_t* inputs) const {
    return kernels_.dot(lower_weights_q20_[which].data(), inputs, options_.lower_orders[which]);
  }

 private:
  static constexpr size_t kStride = FrameBlock::kStride;

  bool Normalize();
  void Factorize();
  void Substitute(int inputs, int32_t* weights_q20);

  const AudioKernels& kernels_;
  Options options_;
  AlignedVector<int64_t> correlation_;  // [1 + inputs][kStride], lower triangle
  // The same with its largest power in [2^55, 2^56).
  AlignedVector<int64_t> normalized_;
  AlignedVector<int32_t> factor_;       // [1 + inputs][kStride]: row i, column j of input 1 + j
  AlignedVector<int32_t> projection_;   // [inputs]: the target in the factor's coordinates
  AlignedVector<int32_t> weights_q20_;  // [inputs]
  std::array<AlignedVector<int32_t>, kMaxLowerOrders> lower_weights_q20_;
  std::array<Divisor, FrameBlock::kMaxColumns> divisors_;  // of the factor's diagonal
};

}  // namespace lmz::audio
