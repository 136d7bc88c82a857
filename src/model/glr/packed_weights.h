// A network's weights bound to the kernels of one instruction set: packed, aligned, with every
// constant of a step worked out beforehand. Immutable once made.
#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "cpu/aligned.h"
#include "cpu/zeroed_memory.h"
#include "model/glr/kernels/network_kernels.h"
#include "model/glr/kernels/packed_matrix.h"
#include "model/glr/weights.h"

namespace lmz {

// A packed matrix and what its products are scaled by.
struct GlrMatrix {
  MatrixStorage storage;
  AlignedVector<int16_t> row_scale;
  int sum_shift = 0;
  int scale_exponent = 0;  // spec: Scale_Exponent
};

struct PackedNorm {
  AlignedVector<int16_t> weights;
  int fraction = 0;
  uint64_t epsilon = 0;  // in units of the squared input
};

struct PackedMix {
  MixWeights view() const { return {weights.data(), least}; }
  AlignedVector<int16_t> weights;
  int16_t least = 0;
};

struct PackedLayer {
  PackedNorm input_norm, state_norm, hidden_norm;
  std::array<PackedMix, kMaxMixes> mix;
  std::array<GlrMatrix, 3> projection;  // value, forget, gate
  AlignedVector<int16_t> forget_bias;
  PackedMix hidden_mix;
  GlrMatrix output, up, down;
};

struct PackedGlr {
  // `weights` obeys the rules of the model file. May throw std::bad_alloc.
  PackedGlr(const GlrWeights& weights, const NetworkKernels& kernels);

  // The weights again, as the model file has them. Takes as much time as hundreds of steps. May
  // throw std::bad_alloc.
  GlrWeights Unpack() const;

  GlrShape shape;
  const NetworkKernels* kernels;
  ZeroedMemory memory;               // of all matrices
  AlignedVector<int16_t> embedding;  // [256][width], Q8
  std::vector<PackedLayer> layers;
  PackedNorm final_norm;
  GlrMatrix head;
  AlignedVector<int32_t> head_bias;  // [256], Q10
};

}  // namespace lmz
