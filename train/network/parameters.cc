#include "train/network/parameters.h"

#include <ATen/ATen.h>

#include <cmath>
#include <vector>

namespace lmz::train {

namespace {

// Calls f(member, sizes) in the order of the flat tensor. The first four are the layers' matrices,
// the fifth the head.
template <class Views, class F>
void VisitParameters(const GlrShape& shape, Views& v, const F& f) {
  const int64_t layers = shape.layers, width = shape.width, state = shape.state;
  const int64_t hidden = shape.hidden, bytes = kByteValues;
  f(v.projection, {layers, 3, state, width});
  f(v.output, {layers, width, state});
  f(v.up, {layers, hidden, width});
  f(v.down, {layers, width, hidden});
  f(v.head, {bytes, width});
  f(v.embedding, {bytes, width});
  f(v.input_norm, {layers, width});
  f(v.mix, {layers, 3, width});
  f(v.forget_bias, {layers, state});
  f(v.state_norm, {layers, state});
  f(v.hidden_norm, {layers, width});
  f(v.hidden_mix, {layers, width});
  f(v.final_norm, {width});
  f(v.head_bias, {bytes});
}

void RoundToInt8(const at::Tensor& matrices, const at::Tensor& out) {
  const at::Tensor step = matrices.abs().amax(-1, /*keepdim=*/true).div_(127).clamp_min_(1e-12);
  out.copy_(matrices.div(step).round_().mul_(step));
}

int64_t Product(const std::vector<int64_t>& sizes) {
  int64_t product = 1;
  for (const int64_t size : sizes) product *= size;
  return product;
}

}  // namespace

Parameters::Parameters(const GlrShape& shape, const at::Device& device, at::ScalarType element,
                       MatrixRounding rounding)
    : shape_(shape), rounding_(rounding) {
  int index = 0;
  ParameterViews views;
  VisitParameters(shape, views, [&](at::Tensor&, const std::vector<int64_t>& sizes) {
    if (index < 4) layer_matrix_size_ += Product(sizes);
    if (index < 5) matrix_size_ += Product(sizes);
    size_ += Product(sizes);
    ++index;
  });
  const auto options = at::TensorOptions().device(device).dtype(at::kFloat);
  values_ = at::zeros({size_}, options);
  gradients_ = at::zeros({size_}, options);
  value_ = View(values_);
  gradient_ = View(gradients_);
  if (element != at::kFloat || rounding != MatrixRounding::kElement)
    copy_ = at::zeros({matrix_size_}, options.dtype(element));
  multiplied_ = copy_.defined() ? View(copy_) : value_;
}

ParameterViews Parameters::View(const at::Tensor& flat) const {
  ParameterViews views;
  int64_t offset = 0;
  VisitParameters(shape_, views, [&](at::Tensor& view, const std::vector<int64_t>& sizes) {
    const int64_t count = Product(sizes);
    if (offset + count <= flat.numel()) view = flat.narrow(0, offset, count).view(sizes);
    offset += count;
  });
  return views;
}

void Parameters::Initialize(uint64_t seed) {
  at::Generator generator = at::detail::createCPUGenerator(seed);
  const at::Tensor flat = at::zeros({size_}, at::kFloat);
  ParameterViews v = View(flat);
  const auto uniform = [&](at::Tensor& t, double low, double high) {
    t.uniform_(low, high, generator);
  };
  const double layers = shape_.layers;
  const double by_width = 1 / std::sqrt(static_cast<double>(shape_.width));
  uniform(v.projection, -by_width, by_width);
  uniform(v.up, -by_width, by_width);
  uniform(v.head, -by_width, by_width);
  // Both products that end in the residual stream start small, so that depth does no harm.
  v.output.normal_(0, 0.5 / std::sqrt(2 * layers * shape_.state), generator);
  v.down.normal_(0, 0.5 / std::sqrt(2 * layers * shape_.hidden), generator);
  v.embedding.normal_(0, 1, generator);
  uniform(v.mix, 0, 0.5);
  uniform(v.hidden_mix, 0, 0.5);
  for (at::Tensor* norm : {&v.input_norm, &v.state_norm, &v.hidden_norm, &v.final_norm}) {
    norm->fill_(1);
  }
  // From forgetting half in a step to forgetting a four-hundredth.
  for (int64_t layer = 0; layer < shape_.layers; ++layer) {
    v.forget_bias[layer].copy_(
        at::linspace(0, 6, shape_.state).index({at::randperm(shape_.state, generator)}));
  }
  values_.copy_(flat);
  RefreshCopy();
}

void Parameters::RefreshCopy() {
  if (!copy_.defined()) return;
  if (rounding_ == MatrixRounding::kElement) {
    copy_.copy_(values_.narrow(0, 0, matrix_size_));
    return;
  }
  RoundToInt8(value_.projection, multiplied_.projection);
  RoundToInt8(value_.output, multiplied_.output);
  RoundToInt8(value_.up, multiplied_.up);
  RoundToInt8(value_.down, multiplied_.down);
  RoundToInt8(value_.head, multiplied_.head);
}

}  // namespace lmz::train
