// Between the float parameters of training and the integers of a model file.
#pragma once

#include "model/glr/weights.h"
#include "train/network/parameters.h"

namespace lmz::train {

// int8 with one step per row; everything else in the formats of docs/spec/numerics.md.
GlrWeights Quantize(const Parameters& parameters);

// The numbers that the integers stand for. `weights` must have the shape of `parameters`.
void Dequantize(const GlrWeights& weights, Parameters& parameters);

}  // namespace lmz::train
