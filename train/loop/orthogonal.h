// What Muon makes of a gradient (sources: optimizer.h).
#pragma once

#include <torch/types.h>

namespace lmz::train {

// The nearest matrices with all singular values near 1, by five Newton-Schulz steps in `element`:
// [matrix][row][column].
at::Tensor Orthogonal(const at::Tensor& matrices, at::ScalarType element);

}  // namespace lmz::train
