// The network written with plain tensor operations and automatic differentiation: slow, obvious,
// and what the trained one is compared with in tests.
#pragma once

#include <torch/torch.h>

#include "train/network/glr_network.h"

namespace lmz::train {

inline at::Tensor ReferenceNorm(const at::Tensor& x, const at::Tensor& weight) {
  return x * at::rsqrt(x.pow(2).mean(-1, true) + kNormEpsilon) * weight;
}

// x [rows][steps][width], previous [rows][width].
inline at::Tensor ReferenceShift(const at::Tensor& x, const at::Tensor& previous,
                                 const at::Tensor& mix) {
  const at::Tensor before = at::cat({previous.unsqueeze(1), x.narrow(1, 0, x.size(1) - 1)}, 1);
  return x + (before - x) * mix;
}

// The summed loss in nats from the carry `start`; differentiable by the values in `v`.
inline at::Tensor ReferenceLoss(const ParameterViews& v, const Carry& start,
                                const at::Tensor& window) {
  const int64_t steps = window.size(1) - 1;
  at::Tensor x = at::embedding(v.embedding, window.narrow(1, 0, steps).to(at::kLong));
  for (int64_t i = 0; i < v.input_norm.size(0); ++i) {
    const at::Tensor n = ReferenceNorm(x, v.input_norm[i]);
    std::array<at::Tensor, 3> projected;
    for (int64_t m = 0; m < 3; ++m) {
      const at::Tensor shifted =
          ReferenceShift(n, start.normals[i][0].to(x.scalar_type()), v.mix[i][m]);
      projected[static_cast<size_t>(m)] = at::matmul(shifted, v.projection[i][m].t());
    }
    const at::Tensor forget = at::sigmoid(projected[1] + v.forget_bias[i]);
    at::Tensor state = start.state[i].to(x.scalar_type());
    std::vector<at::Tensor> states;
    for (int64_t t = 0; t < steps; ++t) {
      state = forget.select(1, t) * state + (1 - forget.select(1, t)) * projected[0].select(1, t);
      states.push_back(state);
    }
    const at::Tensor gated =
        ReferenceNorm(at::stack(states, 1), v.state_norm[i]) * at::silu(projected[2]);
    x = x + at::matmul(gated, v.output[i].t());
    const at::Tensor shifted =
        ReferenceShift(ReferenceNorm(x, v.hidden_norm[i]), start.normals[i][1].to(x.scalar_type()),
                       v.hidden_mix[i]);
    x = x + at::matmul(at::relu(at::matmul(shifted, v.up[i].t())).pow(2), v.down[i].t());
  }
  const at::Tensor logits = at::matmul(ReferenceNorm(x, v.final_norm), v.head.t()) + v.head_bias;
  const at::Tensor chances = at::log_softmax(logits, -1);
  return -chances.gather(2, window.narrow(1, 1, steps).to(at::kLong).unsqueeze(2)).sum();
}

}  // namespace lmz::train
