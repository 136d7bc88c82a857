#include "model/glr/packed_weights.h"

#include <algorithm>

#include "model/glr/kernels/fixed_point.h"

namespace lmz {

namespace {

template <class T>
AlignedVector<T> Aligned(const std::vector<T>& values) {
  return AlignedVector<T>(values.begin(), values.end());
}

int Rows(const Int8Matrix& m) {
  return static_cast<int>(m.row_scale.size());
}
int Columns(const Int8Matrix& m) {
  return static_cast<int>(m.weights.size() / m.row_scale.size());
}

BoundMatrix BindMatrix(const Int8Matrix& m, const NetworkKernels& kernels) {
  return {MatrixStorage(m.weights, Rows(m), Columns(m), kernels.quantised_flip),
          Aligned(m.row_scale), m.sum_shift, m.scale_exponent};
}

// For inputs that square_quantize makes.
BoundMatrix BindSparse(const Int8Matrix& m) {
  return {MatrixStorage::ForSparse(m.weights, Rows(m), Columns(m)), Aligned(m.row_scale),
          m.sum_shift, m.scale_exponent};
}

BoundMix BindMix(const std::vector<int16_t>& mix) {
  return {Aligned(mix), std::ranges::min(mix)};
}

// Epsilon is 10^-5 of a mean square; the kernels add it to the sum (spec 3.1).
BoundNorm BindNorm(const NormWeights& n, int input_fraction) {
  const uint64_t size = n.weights.size();
  return {Aligned(n.weights), n.fraction, (size << (2 * input_fraction)) / 100000};
}

BoundLayer BindLayer(const GlrLayer& layer, const NetworkKernels& kernels) {
  return {.input_norm = BindNorm(layer.input_norm, kResidualFraction),
          .state_norm = BindNorm(layer.state_norm, kStateFraction),
          .hidden_norm = BindNorm(layer.hidden_norm, kResidualFraction),
          .mix = {BindMix(layer.mix[0]), BindMix(layer.mix[1]), BindMix(layer.mix[2])},
          .projection = {BindMatrix(layer.value, kernels), BindMatrix(layer.forget, kernels),
                         BindMatrix(layer.gate, kernels)},
          .forget_bias = Aligned(layer.forget_bias),
          .hidden_mix = BindMix(layer.hidden_mix),
          .output = BindMatrix(layer.output, kernels),
          .up = BindMatrix(layer.up, kernels),
          .down = BindSparse(layer.down)};
}

}  // namespace

BoundGlr::BoundGlr(const GlrWeights& weights, const NetworkKernels& with)
    : shape(weights.shape),
      kernels(&with),
      embedding(Aligned(weights.embedding)),
      final_norm(BindNorm(weights.final_norm, kResidualFraction)),
      head(BindMatrix(weights.head, with)),
      head_bias(Aligned(weights.head_bias)) {
  layers.reserve(weights.layers.size());
  for (const GlrLayer& layer : weights.layers) layers.push_back(BindLayer(layer, with));
}

}  // namespace lmz
