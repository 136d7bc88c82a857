#include "train/export/exchange.h"

#include <ATen/ATen.h>

#include <cmath>
#include <numbers>
#include <span>

#include "model/glr/kernels/fixed_point.h"
#include "train/export/quantize_glr.h"

namespace lmz::train {

namespace {

// Logits are in nats here and in bits there.
constexpr double kBitsPerNat = std::numbers::log2e;

std::span<const float> Floats(const at::Tensor& t) {
  return {t.data_ptr<float>(), static_cast<size_t>(t.numel())};
}

Int8Matrix Matrix(const at::Tensor& t, double factor = 1) {
  return QuantizeMatrix(Floats(t), static_cast<size_t>(t.size(0)), factor);
}

template <class Integer>
void Fill(const at::Tensor& to, const std::vector<Integer>& from, double unit) {
  float* out = to.data_ptr<float>();
  for (size_t i = 0; i < from.size(); ++i) out[i] = static_cast<float>(from[i] * unit);
}

void FillMatrix(const at::Tensor& to, const Int8Matrix& m, double factor = 1) {
  float* out = to.data_ptr<float>();
  const size_t columns = m.weights.size() / m.row_scale.size();
  for (size_t i = 0; i < m.weights.size(); ++i) {
    const double step = std::ldexp(m.row_scale[i / columns], -m.scale_exponent);
    out[i] = static_cast<float>(m.weights[i] * step / factor);
  }
}

void FillNorm(const at::Tensor& to, const NormWeights& n) {
  const double root = std::sqrt(static_cast<double>(n.weights.size()));
  Fill(to, n.weights, std::ldexp(1.0, -n.fraction) / root);
}

}  // namespace

GlrWeights Quantize(const Parameters& parameters) {
  const ParameterViews v = parameters.View(parameters.values().cpu());
  GlrWeights glr;
  glr.shape = parameters.shape();
  glr.embedding = QuantizeVector(Floats(v.embedding), kResidualFraction);
  for (int64_t i = 0; i < glr.shape.layers; ++i) {
    GlrLayer layer;
    layer.input_norm = QuantizeNorm(Floats(v.input_norm[i]));
    for (int64_t m = 0; m < 3; ++m) {
      layer.mix[static_cast<size_t>(m)] = QuantizeVector(Floats(v.mix[i][m]), kMixFraction);
    }
    layer.value = Matrix(v.projection[i][0]);
    layer.forget = Matrix(v.projection[i][1]);
    layer.gate = Matrix(v.projection[i][2]);
    layer.forget_bias = QuantizeVector(Floats(v.forget_bias[i]), kGateFraction);
    layer.state_norm = QuantizeNorm(Floats(v.state_norm[i]));
    layer.output = Matrix(v.output[i]);
    layer.hidden_norm = QuantizeNorm(Floats(v.hidden_norm[i]));
    layer.hidden_mix = QuantizeVector(Floats(v.hidden_mix[i]), kMixFraction);
    layer.up = Matrix(v.up[i]);
    layer.down = Matrix(v.down[i]);
    glr.layers.push_back(std::move(layer));
  }
  glr.final_norm = QuantizeNorm(Floats(v.final_norm));
  glr.head = Matrix(v.head, kBitsPerNat);
  for (const float bias : Floats(v.head_bias)) {
    const double scaled = std::ldexp(bias * kBitsPerNat, kLogitFraction);
    glr.head_bias.push_back(static_cast<int32_t>(std::lround(scaled)));
  }
  return glr;
}

void Dequantize(const GlrWeights& weights, Parameters& parameters) {
  const at::Tensor flat = at::zeros({parameters.size()}, at::kFloat);
  const ParameterViews v = parameters.View(flat);
  Fill(v.embedding, weights.embedding, std::ldexp(1.0, -kResidualFraction));
  for (int64_t i = 0; i < weights.shape.layers; ++i) {
    const GlrLayer& layer = weights.layers[static_cast<size_t>(i)];
    FillNorm(v.input_norm[i], layer.input_norm);
    for (int64_t m = 0; m < 3; ++m) {
      Fill(v.mix[i][m], layer.mix[static_cast<size_t>(m)], std::ldexp(1.0, -kMixFraction));
    }
    FillMatrix(v.projection[i][0], layer.value);
    FillMatrix(v.projection[i][1], layer.forget);
    FillMatrix(v.projection[i][2], layer.gate);
    Fill(v.forget_bias[i], layer.forget_bias, std::ldexp(1.0, -kGateFraction));
    FillNorm(v.state_norm[i], layer.state_norm);
    FillMatrix(v.output[i], layer.output);
    FillNorm(v.hidden_norm[i], layer.hidden_norm);
    Fill(v.hidden_mix[i], layer.hidden_mix, std::ldexp(1.0, -kMixFraction));
    FillMatrix(v.up[i], layer.up);
    FillMatrix(v.down[i], layer.down);
  }
  FillNorm(v.final_norm, weights.final_norm);
  FillMatrix(v.head, weights.head, kBitsPerNat);
  Fill(v.head_bias, weights.head_bias, std::ldexp(1 / kBitsPerNat, -kLogitFraction));
  parameters.values().copy_(flat);
  parameters.RefreshCopy();
}

}  // namespace lmz::train
