#include "codec/image/least_squares.h"

#include <algorithm>
#include <cassert>

namespace lmz::image {

LeastSquares::LeastSquares(const LeastSquaresKernels& kernels, size_t width, int inputs)
    : kernels_(kernels),
      width_(width),
      inputs_(inputs),
      count_(static_cast<size_t>(ProductCount(inputs))),
      recent_(count_),
      above_((width + 1) / 2 * count_) {
  assert(inputs >= 1 && inputs <= kMaxRegressors);
}

void LeastSquares::BeginRow() {
  std::fill(recent_.begin(), recent_.end(), 0);
}

int64_t LeastSquares::Predict(size_t x) {
  if (x % 2 == 0) kernels_.solve(recent_.data(), Above(x), inputs_, weights_.data());
  return kernels_.dot(x_.data(), weights_.data());
}

void LeastSquares::FoldInto(size_t x) {
  if (x % 2 == 0) kernels_.fold(recent_.data(), static_cast<int>(count_), Above(x));
}

void LeastSquares::Update(size_t x, int32_t target) {
  x_[static_cast<size_t>(inputs_)] = target;
  kernels_.accumulate(x_.data(), inputs_, recent_.data());
  if (x >= kLead) FoldInto(x - kLead);
}

void LeastSquares::EndRow() {
  for (size_t x = width_ < kLead ? 0 : width_ - kLead; x < width_; ++x) {
    FoldInto(x);
    kernels_.fade(static_cast<int>(count_), recent_.data());
  }
}

}  // namespace lmz::image
