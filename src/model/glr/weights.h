// The weights of a gated linear recurrent network, as the model file holds them: plain integers
// whose meaning docs/spec/numerics.md defines. Made by the model file's parser, by importers and by
// tests; model/glr/glr_predictor.h binds them to kernels.
#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "base/status.h"
#include "model/predictor.h"

namespace lmz {

struct GlrShape {
  uint16_t width = 0;   // of the residual stream: 16 .. 4096, a multiple of 16
  uint16_t layers = 0;  // 1 .. 64
  uint16_t state = 0;   // of the recurrence in each layer: 16 .. 4096, a multiple of 16
  uint16_t hidden = 0;  // of the MLP: 16 .. 16384, a multiple of 16

  friend bool operator==(const GlrShape&, const GlrShape&) = default;
};

struct Int8Matrix {
  uint8_t sum_shift = 0;           // 0 .. 16: narrows the sums to 16 bits
  int8_t scale_exponent = 0;       // one weight step of row r is row_scale[r] * 2^-scale_exponent
  std::vector<int16_t> row_scale;  // [rows], 0 .. 32767
  std::vector<int8_t> weights;     // [rows][columns], -127 .. 127
};

struct NormWeights {
  int8_t fraction = 0;           // fraction bits of the result
  std::vector<int16_t> weights;  // [size], -32767 .. 32767
};

struct GlrLayer {
  NormWeights input_norm;                   // [width]
  std::array<std::vector<int16_t>, 3> mix;  // for value, forget, gate: [width], Q14
  Int8Matrix value, forget, gate;           // [state][width]
  std::vector<int16_t> forget_bias;         // [state], Q8
  NormWeights state_norm;                   // [state]
  Int8Matrix output;                        // [width][state]
  NormWeights hidden_norm;                  // [width]
  std::vector<int16_t> hidden_mix;          // [width], Q14
  Int8Matrix up;                            // [hidden][width]
  Int8Matrix down;                          // [width][hidden]
};

struct GlrWeights {
  GlrShape shape;
  std::vector<int16_t> embedding;  // [256][width], Q8, already normalised
  std::vector<GlrLayer> layers;
  NormWeights final_norm;          // [width]
  Int8Matrix head;                 // [256][width]; logits are in bits (base 2)
  std::vector<int32_t> head_bias;  // [256], Q10, -2^24 .. 2^24
};

// How many numbers training finds for a network of this shape: matrices, embedding, norms, mixes
// and biases. The scales that come with integers are not among them.
uint64_t CountParameters(const GlrShape& shape);

// kModelDamaged when a dimension is out of the range given above.
Status CheckShape(const GlrShape& shape);

// Shows every number of `w` to `archive` in the order of the file (docs/spec/model.md), with the
// range it must lie in. The archive has, returning Status:
//   Number(integer&, low, high)   Array(std::vector<integer>&, size, low, high)
// w.shape must be valid, and w.layers as many as it says.
template <class Archive, class Weights>
Status VisitGlr(Archive& archive, Weights& w) {
  const auto matrix = [&](auto& m, size_t rows, size_t columns) -> Status {
    LMZ_TRY(archive.Number(m.sum_shift, 0, 16));
    LMZ_TRY(archive.Number(m.scale_exponent, -64, 64));
    LMZ_TRY(archive.Array(m.row_scale, rows, 0, 32767));
    return archive.Array(m.weights, rows * columns, -127, 127);
  };
  const auto norm = [&](auto& n, size_t size) -> Status {
    LMZ_TRY(archive.Number(n.fraction, -64, 64));
    return archive.Array(n.weights, size, -32767, 32767);
  };
  const size_t width = w.shape.width, state = w.shape.state, hidden = w.shape.hidden;
  LMZ_TRY(archive.Array(w.embedding, kByteValues * width, -32767, 32767));
  for (auto& layer : w.layers) {
    LMZ_TRY(norm(layer.input_norm, width));
    for (auto& mix : layer.mix) LMZ_TRY(archive.Array(mix, width, -32767, 32767));
    LMZ_TRY(matrix(layer.value, state, width));
    LMZ_TRY(matrix(layer.forget, state, width));
    LMZ_TRY(matrix(layer.gate, state, width));
    LMZ_TRY(archive.Array(layer.forget_bias, state, -32767, 32767));
    LMZ_TRY(norm(layer.state_norm, state));
    LMZ_TRY(matrix(layer.output, width, state));
    LMZ_TRY(norm(layer.hidden_norm, width));
    LMZ_TRY(archive.Array(layer.hidden_mix, width, -32767, 32767));
    LMZ_TRY(matrix(layer.up, hidden, width));
    LMZ_TRY(matrix(layer.down, width, hidden));
  }
  LMZ_TRY(norm(w.final_norm, width));
  LMZ_TRY(matrix(w.head, kByteValues, width));
  return archive.Array(w.head_bias, kByteValues, -(1 << 24), 1 << 24);
}

}  // namespace lmz
