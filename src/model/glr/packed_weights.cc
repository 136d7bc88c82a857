#include "model/glr/packed_weights.h"

#include <algorithm>
#include <cassert>

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

BoundMatrix BindMatrix(const Int8Matrix& m, const MatrixKernels& kernels, WeightMemory& memory) {
  return {MatrixStorage(m.weights, Rows(m), Columns(m), kernels, memory), Aligned(m.row_scale),
          m.sum_shift, m.scale_exponent};
}

BoundMix BindMix(const std::vector<int16_t>& mix) {
  return {Aligned(mix), std::ranges::min(mix)};
}

// Epsilon is 10^-5 of a mean square; the kernels add it to the sum (spec 3.1).
BoundNorm BindNorm(const NormWeights& n, int input_fraction) {
  const uint64_t size = n.weights.size();
  assert(size % kSizeUnit == 0 && size <= kMaxNormalized);
  return {Aligned(n.weights), n.fraction, (size << (2 * input_fraction)) / 100000};
}

// What all matrices take when they are packed.
size_t PackedSize(const GlrWeights& weights, const NetworkKernels& with) {
  size_t size = 0;
  const auto add = [&](const Int8Matrix& m, const MatrixKernels& kernels) {
    size += WeightMemory::RoundUp(kernels.packed_size(Rows(m), Columns(m)));
  };
  for (const GlrLayer& layer : weights.layers) {
    for (const Int8Matrix* m :
         {&layer.value, &layer.forget, &layer.gate, &layer.output, &layer.up}) {
      add(*m, with.dense);
    }
    add(layer.down, with.sparse);
  }
  add(weights.head, with.dense);
  return size;
}

BoundLayer BindLayer(const GlrLayer& layer, const NetworkKernels& kernels, WeightMemory& memory) {
  return {
      .input_norm = BindNorm(layer.input_norm, kResidualFraction),
      .state_norm = BindNorm(layer.state_norm, kStateFraction),
      .hidden_norm = BindNorm(layer.hidden_norm, kResidualFraction),
      .mix = {BindMix(layer.mix[0]), BindMix(layer.mix[1]), BindMix(layer.mix[2])},
      .projection = {BindMatrix(layer.value, kernels.dense, memory),
                     BindMatrix(layer.forget, kernels.dense, memory),
                     BindMatrix(layer.gate, kernels.dense, memory)},
      .forget_bias = Aligned(layer.forget_bias),
      .hidden_mix = BindMix(layer.hidden_mix),
      .output = BindMatrix(layer.output, kernels.dense, memory),
      .up = BindMatrix(layer.up, kernels.dense, memory),
      .down = BindMatrix(layer.down, kernels.sparse, memory)};  // reads what square_quantize makes
}

}  // namespace

BoundGlr::BoundGlr(const GlrWeights& weights, const NetworkKernels& with)
    : shape(weights.shape),
      kernels(&with),
      memory(PackedSize(weights, with)),
      embedding(Aligned(weights.embedding)),
      final_norm(BindNorm(weights.final_norm, kResidualFraction)),
      head_bias(Aligned(weights.head_bias)) {
  layers.reserve(weights.layers.size());
  for (const GlrLayer& layer : weights.layers) layers.push_back(BindLayer(layer, with, memory));
  head = BindMatrix(weights.head, with.dense, memory);  // in the order in which a step reads them
}

}  // namespace lmz
