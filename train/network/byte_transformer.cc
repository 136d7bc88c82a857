#include "train/network/byte_transformer.h"

#include <ATen/ATen.h>
#include <torch/version.h>

#include <cmath>

namespace lmz::train {

namespace {

constexpr double kScale = 0.3;  // of the embedding, and of the last norm: the head is the embedding

at::Tensor Norm(const at::Tensor& x, const at::Tensor& weight) {
  return x * at::rsqrt(x.square().mean(-1, true) + ByteTransformer::kEpsilon) * weight;
}

// To 127 steps on each side, one size of step per row; gradients pass as if nothing were rounded.
at::Tensor Rounded(const at::Tensor& matrix) {
  const at::Tensor exact = matrix.detach();
  const at::Tensor step = exact.abs().amax(-1, true) / 127 + 1e-12;
  return matrix + (at::round(exact / step) * step - exact);
}

// [rows][heads][steps][head size], rotated by their places.
at::Tensor Rotated(const at::Tensor& x, const at::Tensor& cosine, const at::Tensor& sine) {
  std::vector<int64_t> pairs = x.sizes().vec();
  pairs.back() /= 2;
  pairs.push_back(2);
  const at::Tensor both = x.to(at::kFloat).reshape(pairs);
  const at::Tensor a = both.select(-1, 0), b = both.select(-1, 1);
  return at::stack({a * cosine - b * sine, a * sine + b * cosine}, -1)
      .flatten(-2)
      .to(x.scalar_type());
}

// What each place takes from itself and those before it.
at::Tensor Mixed(const at::Tensor& query, const at::Tensor& key, const at::Tensor& value) {
#if TORCH_VERSION_MAJOR >= 2
  return at::scaled_dot_product_attention(query, key, value, {}, 0.0, /*is_causal=*/true);
#else
  const int64_t steps = query.size(2);
  const double scale = 1 / std::sqrt(static_cast<double>(query.size(3)));
  const at::Tensor later = at::ones({steps, steps}, query.options().dtype(at::kBool)).triu(1);
  const at::Tensor scores = at::matmul(query, key.transpose(-1, -2)) * scale;
  return at::matmul(at::softmax(scores.masked_fill(later, -INFINITY), -1), value);
#endif
}

}  // namespace

ByteTransformer::ByteTransformer(const TransformerSize& size, const at::Device& device,
                                 uint64_t seed, bool is_rounded)
    : size_(size), is_rounded_(is_rounded) {
  at::Generator generator = at::detail::createCPUGenerator(seed);
  const auto normal = [&](std::vector<int64_t> sizes, double deviation) {
    return at::empty(sizes, at::kFloat).normal_(0, deviation, generator);
  };
  const auto matrix = [&](int64_t rows, int64_t columns, double scale = 1) {
    return normal({size.layers, rows, columns},
                  scale / std::sqrt(3 * static_cast<double>(columns)));
  };
  const auto ones = [](std::vector<int64_t> sizes) { return at::ones(sizes, at::kFloat); };
  const int64_t queries = int64_t{size.heads} * size.head_size();
  const int64_t keys = int64_t{size.kv_heads} * size.head_size();
  // Both products that end in the residual stream start small, so that depth does no harm.
  const double last = 1 / std::sqrt(2.0 * size.layers);
  Parameters& p = parameters_;
  p.query = matrix(queries, size.width);
  p.key = matrix(keys, size.width);
  p.value = matrix(keys, size.width);
  p.output = matrix(size.width, queries, last);
  p.gate = matrix(size.hidden, size.width);
  p.up = matrix(size.hidden, size.width);
  p.down = matrix(size.width, size.hidden, last);
  p.embedding = normal({kBegin + 1, size.width}, kScale);
  p.input_norm = ones({size.layers, size.width});
  p.hidden_norm = ones({size.layers, size.width});
  p.final_norm = ones({size.width}) * kScale;
  for (at::Tensor* t : {&p.query, &p.key, &p.value, &p.output, &p.gate, &p.up, &p.down,
                        &p.embedding, &p.input_norm, &p.hidden_norm, &p.final_norm}) {
    *t = t->to(device).detach().set_requires_grad(true);
  }
}

std::vector<at::Tensor> ByteTransformer::matrices() const {
  const Parameters& p = parameters_;
  return {p.query, p.key, p.value, p.output, p.gate, p.up, p.down};
}

std::vector<at::Tensor> ByteTransformer::others() const {
  const Parameters& p = parameters_;
  return {p.embedding, p.input_norm, p.hidden_norm, p.final_norm};
}

at::Tensor ByteTransformer::Product(const at::Tensor& x, const at::Tensor& matrix,
                                    bool is_bfloat16) const {
  const at::Tensor weights = is_rounded_ ? Rounded(matrix) : matrix;
  if (!is_bfloat16) return at::linear(x, weights);
  return at::linear(x.to(at::kBFloat16), weights.to(at::kBFloat16));
}

// `layer` has the matrices in the order of matrices().
at::Tensor ByteTransformer::Attention(const at::Tensor& x, const std::vector<at::Tensor>& layer,
                                      const at::Tensor& cosine, const at::Tensor& sine,
                                      bool is_bfloat16) const {
  const int64_t rows = x.size(0), steps = x.size(1);
  const auto heads_of = [&](const at::Tensor& matrix, int heads) {
    return Product(x, matrix, is_bfloat16)
        .reshape({rows, steps, heads, size_.head_size()})
        .transpose(1, 2);
  };
  const at::Tensor query = Rotated(heads_of(layer[0], size_.heads), cosine, sine);
  at::Tensor key = Rotated(heads_of(layer[1], size_.kv_heads), cosine, sine);
  at::Tensor value = heads_of(layer[2], size_.kv_heads);
  if (size_.kv_heads != size_.heads) {
    key = key.repeat_interleave(size_.heads / size_.kv_heads, 1);
    value = value.repeat_interleave(size_.heads / size_.kv_heads, 1);
  }
  const at::Tensor mixed = Mixed(query, key, value).transpose(1, 2).reshape({rows, steps, -1});
  return Product(mixed, layer[3], is_bfloat16);
}

at::Tensor ByteTransformer::Loss(const at::Tensor& bytes, bool is_bfloat16) const {
  const int64_t steps = bytes.size(1);
  const at::Tensor targets = bytes.to(at::kLong);
  const at::Tensor inputs = at::cat(
      {at::full({bytes.size(0), 1}, kBegin, targets.options()), targets.narrow(1, 0, steps - 1)},
      1);
  const int64_t half = size_.head_size() / 2;
  const auto options = parameters_.final_norm.options().requires_grad(false);
  const at::Tensor frequencies =
      at::exp(at::arange(half, options) * (-std::log(kBase) / static_cast<double>(half)));
  const at::Tensor angles = at::arange(steps, options).unsqueeze(1) * frequencies;
  const at::Tensor cosine = angles.cos(), sine = angles.sin();

  std::vector<std::vector<at::Tensor>> layers(static_cast<size_t>(size_.layers));
  for (const at::Tensor& stack : matrices()) {
    const std::vector<at::Tensor> parts = stack.unbind(0);
    for (size_t i = 0; i < layers.size(); ++i) layers[i].push_back(parts[i]);
  }
  const std::vector<at::Tensor> input_norms = parameters_.input_norm.unbind(0);
  const std::vector<at::Tensor> hidden_norms = parameters_.hidden_norm.unbind(0);
  const at::Tensor embedding = is_rounded_ ? Rounded(parameters_.embedding) : parameters_.embedding;
  at::Tensor x = at::embedding(embedding, inputs);
  for (size_t i = 0; i < layers.size(); ++i) {
    x = x + Attention(Norm(x, input_norms[i]), layers[i], cosine, sine, is_bfloat16);
    const at::Tensor y = Norm(x, hidden_norms[i]);
    const at::Tensor gated =
        at::silu(Product(y, layers[i][4], is_bfloat16)) * Product(y, layers[i][5], is_bfloat16);
    x = x + Product(gated, layers[i][6], is_bfloat16);
  }
  const at::Tensor logits =
      at::linear(Norm(x, parameters_.final_norm), embedding.narrow(0, 0, kBegin));
  return at::nll_loss(at::log_softmax(logits.flatten(0, 1), -1), targets.flatten(), {},
                      at::Reduction::Sum);
}

}  // namespace lmz::train
