// Turns float weights of a gated linear recurrent network into the integers of a model file.
#pragma once

#include <span>
#include <vector>

#include "model/glr/weights.h"

namespace lmz::train {

// Rows of float weights, times `factor`, to int8 with one step size per row: the largest weight
// becomes 127. (Clipping at the step of least squared error gained nothing on the probe.)
// `weights` is [rows][columns].
Int8Matrix QuantizeMatrix(std::span<const float> weights, size_t rows, double factor = 1.0);

// Weights of a root-mean-square norm.
NormWeights QuantizeNorm(std::span<const float> weights);

// value * 2^fraction, rounded and clamped to 16 bits.
std::vector<int16_t> QuantizeVector(std::span<const float> values, int fraction);

// The normalised embeddings; `embedding` is [256][norm.size()].
std::vector<int16_t> QuantizeEmbedding(std::span<const float> embedding,
                                       std::span<const float> norm);

}  // namespace lmz::train
