#include "train/network/glr_network.h"

#include <ATen/ATen.h>

#include <algorithm>

#include "train/network/device.h"

namespace lmz::train {

namespace {

constexpr int64_t kMostChunks = 128;

// The largest power of two that divides `positions`, at most kMostChunks.
int64_t ChunksFor(int64_t positions) {
  int64_t chunks = 1;
  while (chunks < kMostChunks && positions % (2 * chunks) == 0) chunks *= 2;
  return chunks;
}

int Width(const at::Tensor& t) {
  return static_cast<int>(t.size(-1));
}

float* FloatsOrNull(const at::Tensor& t) {
  return t.defined() ? t.data_ptr<float>() : nullptr;
}

void* DataOrNull(const at::Tensor& t) {
  return t.defined() ? t.data_ptr() : nullptr;
}

}  // namespace

void Carry::Zero() {
  state.zero_();
  normals.zero_();
}

GlrNetwork::GlrNetwork(Parameters& parameters, const BatchShape& batch)
    : parameters_(parameters),
      batch_(batch),
      operations_(
          OperationsFor(parameters.values().device(), parameters.multiplied().head.scalar_type())),
      positions_(int64_t{batch.rows} * batch.steps) {
  const auto options = parameters.multiplied().head.options();
  const auto floats = options.dtype(at::kFloat);
  const GlrShape& shape = parameters.shape();
  const int64_t n = positions_, width = shape.width, state = shape.state, hidden = shape.hidden;
  const int64_t rows = batch.rows, layers = shape.layers;
  chunks_ = options.device().is_cuda() ? ChunksFor(n) : 1;
  window_ = at::zeros({rows, batch.steps + 1}, options.dtype(at::kByte));
  loss_ = at::zeros({1}, floats);
  teacher_bias_gradient_ = at::zeros({kByteValues}, floats);
  losses_ = at::zeros({operations_.blocks}, floats);
  for (Carry* carry : {&start_, &end_}) {
    carry->state = at::zeros({layers, rows, state}, floats);
    carry->normals = at::zeros({layers, 2, rows, width}, options);
  }
  first_ = at::empty({n, width}, options);
  for (int64_t i = 0; i < layers; ++i) {
    Layer layer;
    layer.x = i == 0 ? first_ : at::empty({n, width}, options);
    layer.shifted = at::empty({3, n, width}, options);
    layer.projected = at::empty({3, n, state}, options);
    layer.state = at::empty({n, state}, options);
    layer.gated = at::empty({n, state}, options);
    layer.middle = at::empty({n, width}, options);
    layer.hidden_in = at::empty({1, n, width}, options);
    layer.hidden = at::empty({n, hidden}, options);
    layers_.push_back(layer);
  }
  final_x_ = at::empty({n, width}, options);
  final_normal_ = at::empty({1, n, width}, options);
  logits_ = at::empty({n, kByteValues}, options);
  addend_ = at::empty({n, width}, options);
  x_gradient_ = at::empty({n, width}, options);
  shifted_gradient_ = at::empty({3, n, width}, options);
  projected_gradient_ = at::empty({3, n, state}, options);
  hidden_gradient_ = at::empty({n, hidden}, options);
  gated_gradient_ = at::empty({n, state}, options);
  state_gradient_ = at::empty({n, state}, options);
  const int64_t blocks = operations_.blocks;
  partials_ = at::empty(
      {std::max({blocks * 4 * width, blocks * state, rows * state, blocks * kByteValues})}, floats);
  products_ = at::empty(
      {chunks_ * std::max({3 * state * width, hidden * width, kByteValues * width})}, options);
}

void GlrNetwork::Run(bool gradient, const GlrNetwork* teacher, double teacher_share) {
  Forward();
  const at::Tensor bias_gradient = parameters_.gradient().head_bias;
  Judge(gradient, bias_gradient);
  if (!gradient) return;
  if (teacher != nullptr) {
    // p is this network's distribution, q the teacher's, y the byte's, s the share: where p - y
    // stands, p - (1 - s) y - s q is wanted, which is p - y - s (q - y).
    logits_.sub_(teacher->logits_, teacher_share);
    bias_gradient.sub_(teacher->teacher_bias_gradient_, teacher_share);
  }
  Backward();
}

void GlrNetwork::RunAsTeacher() {
  Forward();
  Judge(/*gradient=*/true, teacher_bias_gradient_);
}

// The loss of the logits. With `gradient`, puts its gradients in their place and that of the bias
// in `bias_gradient`.
void GlrNetwork::Judge(bool gradient, const at::Tensor& bias_gradient) {
  const int64_t blocks = operations_.blocks;
  const at::Tensor bias_partials = Partials({blocks, kByteValues});
  operations_.loss({batch_, operations_.blocks, gradient, window_.data_ptr<uint8_t>(),
                    parameters_.value().head_bias.data_ptr<float>(), logits_.data_ptr(),
                    losses_.data_ptr<float>(), bias_partials.data_ptr<float>()},
                   CurrentStream(loss_.device()));
  at::sum_out(loss_, losses_.view({1, blocks}), {1});
  if (gradient) AddUp(bias_partials, bias_gradient);
}

void GlrNetwork::Forward() {
  const ParameterViews& value = parameters_.value();
  operations_.embed({batch_, Width(first_), window_.data_ptr<uint8_t>(),
                     value.embedding.data_ptr<float>(), first_.data_ptr()},
                    CurrentStream(loss_.device()));
  const auto layers = static_cast<int64_t>(layers_.size());
  for (int64_t i = 0; i < layers; ++i) {
    if (i == 0) {
      LayerForward(i, first_, at::Tensor());
    } else {
      LayerForward(i, layers_[static_cast<size_t>(i - 1)].middle, addend_);
    }
  }
  ShiftForward(layers_.back().middle, addend_, final_x_, value.final_norm, at::Tensor(),
               at::Tensor(), at::Tensor(), final_normal_);
  at::mm_out(logits_, final_normal_[0], parameters_.multiplied().head.t());
}

void GlrNetwork::LayerForward(int64_t i, const at::Tensor& x, const at::Tensor& addend) {
  Layer& layer = layers_[static_cast<size_t>(i)];
  const ParameterViews& value = parameters_.value();
  const ParameterViews& matrix = parameters_.multiplied();
  void* const stream = CurrentStream(loss_.device());
  ShiftForward(x, addend, layer.x, value.input_norm[i], value.mix[i], start_.normals[i][0],
               end_.normals[i][0], layer.shifted);
  at::bmm_out(layer.projected, layer.shifted, matrix.projection[i].transpose(1, 2));
  operations_.scan(
      {batch_, Width(layer.state), layer.projected[0].data_ptr(), layer.projected[1].data_ptr(),
       value.forget_bias[i].data_ptr<float>(), start_.state[i].data_ptr<float>(),
       end_.state[i].data_ptr<float>(), layer.state.data_ptr()},
      stream);
  operations_.norm_gate(
      {batch_, Width(layer.state), layer.state.data_ptr(), layer.projected[2].data_ptr(),
       value.state_norm[i].data_ptr<float>(), layer.gated.data_ptr()},
      stream);
  at::mm_out(addend_, layer.gated, matrix.output[i].t());
  ShiftForward(layer.x, addend_, layer.middle, value.hidden_norm[i],
               value.hidden_mix[i].unsqueeze(0), start_.normals[i][1], end_.normals[i][1],
               layer.hidden_in);
  at::mm_out(layer.hidden, layer.hidden_in[0], matrix.up[i].t());
  operations_.squared_relu(layer.hidden.data_ptr(), layer.hidden.numel(), stream);
  at::mm_out(addend_, layer.hidden, matrix.down[i].t());
}

void GlrNetwork::Backward() {
  const ParameterViews& value = parameters_.value();
  const ParameterViews& gradient = parameters_.gradient();
  WeightGradient(logits_.unsqueeze(0), final_normal_, gradient.head);
  at::Tensor normal_gradient = shifted_gradient_[0];
  at::mm_out(normal_gradient, logits_, parameters_.multiplied().head);
  ShiftBackward(final_x_, value.final_norm, at::Tensor(), at::Tensor(), normal_gradient, false,
                gradient.final_norm, at::Tensor());
  for (auto i = static_cast<int64_t>(layers_.size()) - 1; i >= 0; --i) LayerBackward(i);
  // The logits are done with: their memory takes the bytes as rows of a matrix.
  operations_.one_hot({batch_, window_.data_ptr<uint8_t>(), logits_.data_ptr()},
                      CurrentStream(loss_.device()));
  WeightGradient(logits_.unsqueeze(0), x_gradient_.unsqueeze(0), gradient.embedding);
}

void GlrNetwork::LayerBackward(int64_t i) {
  Layer& layer = layers_[static_cast<size_t>(i)];
  const ParameterViews& value = parameters_.value();
  const ParameterViews& matrix = parameters_.multiplied();
  const ParameterViews& gradient = parameters_.gradient();
  void* const stream = CurrentStream(loss_.device());
  const at::Tensor dx = x_gradient_.unsqueeze(0);

  WeightGradient(dx, layer.hidden.unsqueeze(0), gradient.down[i]);
  at::mm_out(hidden_gradient_, x_gradient_, matrix.down[i]);
  operations_.squared_relu_backward(layer.hidden.data_ptr(), hidden_gradient_.data_ptr(),
                                    layer.hidden.numel(), stream);
  WeightGradient(hidden_gradient_.unsqueeze(0), layer.hidden_in, gradient.up[i]);
  at::Tensor hidden_in_gradient = shifted_gradient_[0];
  at::mm_out(hidden_in_gradient, hidden_gradient_, matrix.up[i]);
  ShiftBackward(layer.middle, value.hidden_norm[i], value.hidden_mix[i].unsqueeze(0),
                start_.normals[i][1], hidden_in_gradient, true, gradient.hidden_norm[i],
                gradient.hidden_mix[i].unsqueeze(0));

  WeightGradient(dx, layer.gated.unsqueeze(0), gradient.output[i]);
  const int64_t state = layer.state.size(1);
  at::mm_out(gated_gradient_, x_gradient_, matrix.output[i]);
  const at::Tensor norm_partials = Partials({operations_.blocks, state});
  operations_.norm_gate_backward(
      {batch_, Width(layer.state), operations_.blocks, layer.state.data_ptr(),
       layer.projected[2].data_ptr(), value.state_norm[i].data_ptr<float>(),
       gated_gradient_.data_ptr(), state_gradient_.data_ptr(), projected_gradient_[2].data_ptr(),
       norm_partials.data_ptr<float>()},
      stream);
  AddUp(norm_partials, gradient.state_norm[i]);
  const at::Tensor bias_partials = Partials({batch_.rows, state});
  operations_.scan_backward(
      {batch_, Width(layer.state), layer.projected[0].data_ptr(), layer.projected[1].data_ptr(),
       value.forget_bias[i].data_ptr<float>(), start_.state[i].data_ptr<float>(),
       layer.state.data_ptr(), state_gradient_.data_ptr(), projected_gradient_[0].data_ptr(),
       projected_gradient_[1].data_ptr(), bias_partials.data_ptr<float>()},
      stream);
  AddUp(bias_partials, gradient.forget_bias[i]);
  WeightGradient(projected_gradient_, layer.shifted, gradient.projection[i]);
  at::bmm_out(shifted_gradient_, projected_gradient_, matrix.projection[i]);
  ShiftBackward(layer.x, value.input_norm[i], value.mix[i], start_.normals[i][0], shifted_gradient_,
                true, gradient.input_norm[i], gradient.mix[i]);
}

void GlrNetwork::ShiftForward(const at::Tensor& x, const at::Tensor& addend, const at::Tensor& sum,
                              const at::Tensor& weight, const at::Tensor& mix,
                              const at::Tensor& previous, const at::Tensor& last,
                              const at::Tensor& out) {
  operations_.norm_shift(
      {batch_, Width(x), mix.defined() ? static_cast<int>(mix.size(0)) : 0, x.data_ptr(),
       DataOrNull(addend), DataOrNull(sum), weight.data_ptr<float>(), FloatsOrNull(mix),
       DataOrNull(previous), DataOrNull(last), out.data_ptr()},
      CurrentStream(x.device()));
}

void GlrNetwork::ShiftBackward(const at::Tensor& x, const at::Tensor& weight, const at::Tensor& mix,
                               const at::Tensor& previous, const at::Tensor& out_gradient, bool add,
                               const at::Tensor& weight_gradient, const at::Tensor& mix_gradient) {
  const int64_t mixes = mix.defined() ? mix.size(0) : 0;
  const at::Tensor partials = Partials({operations_.blocks, 1 + mixes, x.size(1)});
  operations_.norm_shift_backward(
      {batch_, Width(x), static_cast<int>(mixes), operations_.blocks, x.data_ptr(),
       weight.data_ptr<float>(), FloatsOrNull(mix), DataOrNull(previous), out_gradient.data_ptr(),
       x_gradient_.data_ptr(), add, partials.data_ptr<float>()},
      CurrentStream(x.device()));
  AddUp(partials, weight_gradient, mix_gradient);
}

// gradient [batch..][out][in] = the sum over positions of out_gradient [batch][N][out] times
// in [batch][N][in].
void GlrNetwork::WeightGradient(const at::Tensor& out_gradient, const at::Tensor& in,
                                const at::Tensor& gradient) {
  const int64_t batch = in.size(0), rows = out_gradient.size(2), columns = in.size(2);
  const int64_t share = positions_ / chunks_;
  at::Tensor products = products_.narrow(0, 0, batch * chunks_ * rows * columns)
                            .view({batch * chunks_, rows, columns});
  at::bmm_out(products, out_gradient.view({batch * chunks_, share, rows}).transpose(1, 2),
              in.view({batch * chunks_, share, columns}));
  at::Tensor out = gradient.view({batch, rows, columns});
  at::sum_out(out, products.view({batch, chunks_, rows, columns}), {1}, false, at::kFloat);
}

// `first`, and `second` behind it, take the sums of the columns of `partials`.
void GlrNetwork::AddUp(const at::Tensor& partials, const at::Tensor& first,
                       const at::Tensor& second) {
  const auto columns = static_cast<int>(partials.numel() / partials.size(0));
  operations_.sum_rows(
      {static_cast<int>(partials.size(0)), columns, static_cast<int>(first.numel()),
       partials.data_ptr<float>(), first.data_ptr<float>(), FloatsOrNull(second)},
      CurrentStream(partials.device()));
}

at::Tensor GlrNetwork::Partials(std::initializer_list<int64_t> sizes) {
  int64_t count = 1;
  for (const int64_t size : sizes) count *= size;
  return partials_.narrow(0, 0, count).view(at::IntArrayRef(sizes));
}

}  // namespace lmz::train
