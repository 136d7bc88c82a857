// The local least squares predictor: each sample is predicted by a weighted sum of its neighbours,
// with the weights that would have been best around here (Wu and others' edge-directed prediction;
// weighted as in Meyer and Tischer's Glicbawls). Integers throughout; spec.md, section 5.
//
// The sums of products fade along the row and from row to row, so that memory is one set of sums
// for two columns and the time for a sample does not depend on how far the predictor looks.
#pragma once

#include <array>
#include <cstdint>

#include "codec/image/kernels/least_squares_kernels.h"
#include "cpu/aligned.h"

namespace lmz::image {

class LeastSquares {
 public:
  // For rows of `width` samples; 1 <= inputs <= kMaxRegressors.
  LeastSquares(const LeastSquaresKernels& kernels, size_t width, int inputs);

  // Bytes that an object holds for this width, from above.
  static uint64_t MemoryFor(uint64_t width) {
    return (width / 2 + 1) * ProductCount(kMaxRegressors) * sizeof(int32_t);
  }

  // The neighbours of the sample to predict, |x| < 2^12; the caller sets the first `inputs`.
  std::array<int32_t, kRegressorRow>& inputs() { return x_; }

  void BeginRow();

  // The weighted sum of the inputs in their unit times 2^20, for the sample in column x.
  int64_t Predict(size_t x);

  // What should have been predicted, |target| < 2^12.
  void Update(size_t x, int32_t target);

  void EndRow();

 private:
  // Rows above count up to this many columns to the right of a sample.
  static constexpr size_t kLead = 5;

  // The sums of the rows above for the even column x.
  int32_t* Above(size_t x) { return &above_[x / 2 * count_]; }
  void FoldInto(size_t x);

  const LeastSquaresKernels& kernels_;
  size_t width_;
  int inputs_;
  size_t count_;  // numbers in a set of sums
  alignas(kCacheLine) std::array<int32_t, kRegressorRow> x_{};
  alignas(kCacheLine) std::array<int32_t, kRegressorRow> weights_{};
  AlignedVector<int32_t> recent_;  // [count_]: of this row
  AlignedVector<int32_t> above_;   // [(width + 1) / 2][count_]
};

}  // namespace lmz::image
