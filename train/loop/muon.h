// What Muon makes of a gradient (sources: optimizer.h).
#pragma once

#include <torch/types.h>

namespace lmz::train {

// What is to be subtracted from matrices, times the rate: [matrix][row][column], float. Adds the
// gradient to its running mean. Multiplies in `element`.
at::Tensor MuonUpdate(const at::Tensor& gradient, const at::Tensor& mean, at::ScalarType element);

}  // namespace lmz::train
