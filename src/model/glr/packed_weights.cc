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

template <class T>
std::vector<T> Plain(const AlignedVector<T>& values) {
  return std::vector<T>(values.begin(), values.end());
}

int Rows(const Int8Matrix& m) {
  return static_cast<int>(m.row_scale.size());
}
int Columns(const Int8Matrix& m) {
  return static_cast<int>(m.weights.size() / m.row_scale.size());
}

GlrMatrix PackMatrix(const Int8Matrix& m, const MatrixKernels& kernels, ZeroedMemory& memory) {
  return {MatrixStorage(m.weights, Rows(m), Columns(m), kernels, memory), Aligned(m.row_scale),
          m.sum_shift, m.scale_exponent};
}

PackedMix PackMix(const std::vector<int16_t>& mix) {
  return {Aligned(mix), std::ranges::min(mix)};
}

// Epsilon is 10^-5 of a mean square; the kernels add it to the sum (spec 3.1).
PackedNorm PackNorm(const NormWeights& n, int input_fraction) {
  const uint64_t size = n.weights.size();
  assert(size % kSizeUnit == 0 && size <= kMaxNormalized);
  return {Aligned(n.weights), n.fraction, (size << (2 * input_fraction)) / 100000};
}

Int8Matrix UnpackMatrix(const GlrMatrix& m) {
  return {static_cast<uint8_t>(m.sum_shift), static_cast<int8_t>(m.scale_exponent),
          Plain(m.row_scale), m.storage.Unpack()};
}

NormWeights UnpackNorm(const PackedNorm& n) {
  return {static_cast<int8_t>(n.fraction), Plain(n.weights)};
}

// What all matrices take when they are packed.
size_t PackedSize(const GlrWeights& weights, const NetworkKernels& with) {
  size_t size = 0;
  const auto add = [&](const Int8Matrix& m, const MatrixKernels& kernels) {
    size += ZeroedMemory::RoundUp(kernels.packed_size(Rows(m), Columns(m)));
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

PackedLayer PackLayer(const GlrLayer& layer, const NetworkKernels& kernels, ZeroedMemory& memory) {
  return {
      .input_norm = PackNorm(layer.input_norm, kResidualFraction),
      .state_norm = PackNorm(layer.state_norm, kStateFraction),
      .hidden_norm = PackNorm(layer.hidden_norm, kResidualFraction),
      .mix = {PackMix(layer.mix[0]), PackMix(layer.mix[1]), PackMix(layer.mix[2])},
      .projection = {PackMatrix(layer.value, kernels.dense, memory),
                     PackMatrix(layer.forget, kernels.dense, memory),
                     PackMatrix(layer.gate, kernels.dense, memory)},
      .forget_bias = Aligned(layer.forget_bias),
      .hidden_mix = PackMix(layer.hidden_mix),
      .output = PackMatrix(layer.output, kernels.dense, memory),
      .up = PackMatrix(layer.up, kernels.dense, memory),
      .down = PackMatrix(layer.down, kernels.sparse, memory)};  // reads what square_quantize makes
}

}  // namespace

PackedGlr::PackedGlr(const GlrWeights& weights, const NetworkKernels& with)
    : shape(weights.shape),
      kernels(&with),
      memory(PackedSize(weights, with)),
      embedding(Aligned(weights.embedding)),
      final_norm(PackNorm(weights.final_norm, kResidualFraction)),
      head_bias(Aligned(weights.head_bias)) {
  layers.reserve(weights.layers.size());
  for (const GlrLayer& layer : weights.layers) layers.push_back(PackLayer(layer, with, memory));
  head = PackMatrix(weights.head, with.dense, memory);  // in the order in which a step reads them
}

GlrWeights PackedGlr::Unpack() const {
  GlrWeights weights;
  weights.shape = shape;
  weights.embedding = Plain(embedding);
  for (const PackedLayer& layer : layers) {
    weights.layers.push_back({.input_norm = UnpackNorm(layer.input_norm),
                              .mix = {Plain(layer.mix[0].weights), Plain(layer.mix[1].weights),
                                      Plain(layer.mix[2].weights)},
                              .value = UnpackMatrix(layer.projection[0]),
                              .forget = UnpackMatrix(layer.projection[1]),
                              .gate = UnpackMatrix(layer.projection[2]),
                              .forget_bias = Plain(layer.forget_bias),
                              .state_norm = UnpackNorm(layer.state_norm),
                              .output = UnpackMatrix(layer.output),
                              .hidden_norm = UnpackNorm(layer.hidden_norm),
                              .hidden_mix = Plain(layer.hidden_mix.weights),
                              .up = UnpackMatrix(layer.up),
                              .down = UnpackMatrix(layer.down)});
  }
  weights.final_norm = UnpackNorm(final_norm);
  weights.head = UnpackMatrix(head);
  weights.head_bias = Plain(head_bias);
  return weights;
}

}  // namespace lmz
