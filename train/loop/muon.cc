#include "train/loop/muon.h"

#include <ATen/ATen.h>

#include <algorithm>
#include <cmath>

namespace lmz::train {

namespace {

constexpr double kMomentum = 0.95;

// The nearest matrices with all singular values near 1, by five Newton-Schulz steps in `element`.
at::Tensor Orthogonal(const at::Tensor& matrices, at::ScalarType element) {
  constexpr double kA = 3.4445, kB = -4.7750, kC = 2.0315;
  const bool tall = matrices.size(1) > matrices.size(2);
  at::Tensor x = tall ? matrices.transpose(1, 2) : matrices;
  x = (x / (x.norm(2, {1, 2}, true) + 1e-7)).to(element);
  for (int i = 0; i < 5; ++i) {
    const at::Tensor square = at::bmm(x, x.transpose(1, 2));
    const at::Tensor polynomial = at::baddbmm(square, square, square, kB, kC);
    x = at::baddbmm(x, polynomial, x, kA, 1);
  }
  return tall ? x.transpose(1, 2) : x;
}

}  // namespace

at::Tensor MuonUpdate(const at::Tensor& gradient, const at::Tensor& mean, at::ScalarType element) {
  mean.mul_(kMomentum).add_(gradient);
  const auto larger = static_cast<double>(std::max(gradient.size(1), gradient.size(2)));
  return Orthogonal(at::add(gradient, mean, kMomentum), element).to(at::kFloat) *
         (0.2 * std::sqrt(larger));
}

}  // namespace lmz::train
