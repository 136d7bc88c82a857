#include "train/loop/orthogonal.h"

#include <ATen/ATen.h>

namespace lmz::train {

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

}  // namespace lmz::train
