#include "train/network/grow.h"

#include <ATen/ATen.h>

#include <cmath>
#include <vector>

namespace lmz::train {

namespace {

using Slices = std::vector<at::indexing::TensorIndex>;

at::indexing::Slice First(int64_t count) {
  return at::indexing::Slice(0, count);
}

// The corner of `to` that has the sizes of `from` takes its values.
void Fill(const at::Tensor& to, const at::Tensor& from) {
  Slices corner;
  for (const int64_t size : from.sizes()) corner.emplace_back(First(size));
  at::Tensor part = to.index(corner);
  part.copy_(from);
}

// Root mean squares of more numbers, of which the new ones are zero, are smaller by a known factor.
void FillNorm(const at::Tensor& to, const at::Tensor& from) {
  const double share = static_cast<double>(from.size(0)) / static_cast<double>(to.size(0));
  Fill(to, from * std::sqrt(share));
}

void FillLayer(const ParameterViews& to, int64_t i, const ParameterViews& from, int64_t k) {
  FillNorm(to.input_norm[i], from.input_norm[k]);
  Fill(to.mix[i], from.mix[k]);
  // New states stay at 0: nothing is written to them yet.
  to.projection[i][0]
      .narrow(0, from.projection.size(2), to.projection.size(2) - from.projection.size(2))
      .zero_();
  Fill(to.projection[i], from.projection[k]);
  Fill(to.forget_bias[i], from.forget_bias[k]);
  FillNorm(to.state_norm[i], from.state_norm[k]);
  // What new channels of the residual stream would be told.
  to.output[i].narrow(0, from.output.size(1), to.output.size(1) - from.output.size(1)).zero_();
  Fill(to.output[i], from.output[k]);
  FillNorm(to.hidden_norm[i], from.hidden_norm[k]);
  Fill(to.hidden_mix[i], from.hidden_mix[k]);
  Fill(to.up[i], from.up[k]);
  to.down[i].zero_();
  Fill(to.down[i], from.down[k]);
}

}  // namespace

bool CanGrow(const GlrShape& small, const GlrShape& large) {
  return small.width <= large.width && small.layers <= large.layers && small.state <= large.state &&
         small.hidden <= large.hidden;
}

void Grow(const Parameters& small, Parameters& large) {
  const at::Tensor flat = large.values().cpu().clone();
  const ParameterViews to = large.View(flat);
  const ParameterViews from = small.View(small.values().cpu());
  const int64_t old_layers = small.shape().layers, layers = large.shape().layers;
  int64_t k = 0;
  for (int64_t i = 0; i < layers; ++i) {
    if (k < old_layers && k * layers / old_layers == i) {
      FillLayer(to, i, from, k++);
    } else {
      to.output[i].zero_();
      to.down[i].zero_();
    }
  }
  to.embedding.zero_();
  Fill(to.embedding, from.embedding);
  FillNorm(to.final_norm, from.final_norm);
  Fill(to.head, from.head);
  Fill(to.head_bias, from.head_bias);
  large.values().copy_(flat);
  large.RefreshCopy();
}

}  // namespace lmz::train
