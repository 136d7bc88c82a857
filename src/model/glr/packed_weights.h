// A network's weights bound to the kernels of one instruction set: packed, aligned, with every
// constant of a step worked out beforehand. Immutable once made.
#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "cpu/aligned.h"
#include "cpu/weight_memory.h"
#include "model/glr/kernels/network_kernels.h"
#include "model/glr/kernels/packed_matrix.h"
#include "model/glr/weights.h"

namespace lmz {

struct BoundMatrix {
  MatrixStorage storage;
  AlignedVector<int16_t> row_scale;
  int sum_shift = 0;
  int scale_exponent = 0;  // spec: Scale_Exponent
};

struct BoundNorm {
  AlignedVector<int16_t> weights;
  int fraction = 0;
  uint64_t epsilon = 0;  // in units of the squared input
};

struct BoundMix {
  MixWeights view() const { return {weights.data(), least}; }
  AlignedVector<int16_t> weights;
  int16_t least = 0;
};

struct BoundLayer {
  BoundNorm input_norm, state_norm, hidden_norm;
  std::array<BoundMix, kMaxMixes> mix;
  std::array<BoundMatrix, 3> projection;  // value, forget, gate
  AlignedVector<int16_t> forget_bias;
  BoundMix hidden_mix;
  BoundMatrix output, up, down;
};

struct BoundGlr {
  // `weights` obeys the rules of the model file. May throw std::bad_alloc.
  BoundGlr(const GlrWeights& weights, const NetworkKernels& kernels);

  GlrShape shape;
  const NetworkKernels* kernels;
  WeightMemory memory;               // of all matrices
  AlignedVector<int16_t> embedding;  // [256][width], Q8
  std::vector<BoundLayer> layers;
  BoundNorm final_norm;
  BoundMatrix head;
  AlignedVector<int32_t> head_bias;  // [256], Q10
};

}  // namespace lmz
