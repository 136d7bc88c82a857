// The weights of a decoder-only transformer, as the model file holds them
// (docs/spec/model.md, 2.4): plain integers whose meaning docs/spec/numerics.md, 6 defines.
// Matrices are views of the file's bytes, so that a model of many gigabytes is not copied before it
// is packed.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <vector>

#include "base/status.h"
#include "model/glr/weights.h"

namespace lmz {

enum class Activation : uint8_t { kSilu = 0, kGelu = 1 };  // kGelu: the approximation with tanh

struct TransformerShape {
  uint16_t width = 0;      // of the residual stream: 16 .. 8192, a multiple of 16
  uint16_t layers = 0;     // 1 .. 128
  uint16_t heads = 0;      // 1 .. 128, a multiple of kv_heads; heads * head_size <= 16384
  uint16_t kv_heads = 0;   // 1 .. 128
  uint16_t head_size = 0;  // 16 .. 256, a multiple of 16
  uint16_t hidden = 0;     // of the MLP: 16 .. 16384, a multiple of 16
  uint32_t tokens = 0;     // rows of embedding and head: 1 .. 2^20
  uint16_t context = 0;    // tokens that a lane remembers: 16 .. 4096
  uint16_t drop = 0;       // how many it forgets at once: 1 .. context - sinks - 1
  uint8_t sinks = 0;       // first tokens that it never forgets: 0 .. 8, below context / 2
  uint8_t rotations = 0;   // 1 .. 2 tables of phases
  Activation activation = Activation::kSilu;
  bool has_biases = false;        // of q, k, v
  bool has_head_norms = false;    // of q and k, per head, before the rotation
  bool has_output_norms = false;  // behind attention and MLP, before the residual addition
  bool has_own_head = false;      // else the head is the embedding

  friend bool operator==(const TransformerShape&, const TransformerShape&) = default;
};

// A positive number mantissa * 2^-exponent.
struct ScaleWeight {
  int16_t mantissa = 0;  // 2^14 .. 2^15 - 1
  int8_t exponent = 0;   // -64 .. 127
};

// Weight w of row r stands for w * row_scale[r] * 2^-scale_exponent.
struct ScaledMatrix {
  uint8_t planes = 1;               // 1 or 2: how finely its input is quantised
  int8_t scale_exponent = 0;        // -64 .. 127
  std::vector<int16_t> row_scale;   // [rows], 0 .. 32767
  std::span<const int8_t> weights;  // [rows][columns], -127 .. 127
};

struct BiasWeights {
  int8_t fraction = 0;           // -64 .. 64
  std::vector<int16_t> weights;  // [size], -32767 .. 32767
};

struct TransformerLayer {
  uint8_t rotation = 0;     // index of its table of phases
  uint16_t window = 0;      // tokens that it sees, itself included; 0: all that the lane remembers
  NormWeights input_norm;   // [width]
  ScaledMatrix query;       // [heads * head_size][width], see below for the order
  ScaledMatrix key, value;  // [kv_heads * head_size][width]
  BiasWeights query_bias, key_bias, value_bias;  // if has_biases
  NormWeights query_norm, key_norm;              // [head_size], if has_head_norms
  ScaledMatrix output;                           // [width][heads * head_size]
  NormWeights output_norm;                       // [width], if has_output_norms
  NormWeights hidden_norm;                       // [width]
  ScaledMatrix gate, up;                         // [hidden][width]
  ScaledMatrix down;                             // [width][hidden]
  NormWeights down_norm;                         // [width], if has_output_norms
};

// Within each head of query and key, element i of the first half and element i of the second are a
// pair that is rotated together (whoever converts reorders rows where a file has neighbours).
struct TransformerWeights {
  TransformerShape shape;
  ScaleWeight epsilon;          // added to the mean of squares by norms
  ScaleWeight embedding_scale;  // of embeddings when they enter the residual stream
  ScaleWeight score_scale;      // from q * k to bits: log2(e) / sqrt(head_size), as a rule
  ScaleWeight logit_scale;      // from the head's products to bits: log2(e), as a rule
  std::vector<std::vector<uint32_t>> phases;  // [rotations][head_size / 2] turns a place, in 2^-32
  ScaledMatrix embedding;                     // [tokens][width]; `planes` is that of the head
  std::vector<TransformerLayer> layers;
  NormWeights final_norm;  // [width]
  ScaledMatrix head;       // [tokens][width], if has_own_head
};

// kModelDamaged when a dimension is out of the range given above.
Status CheckShape(const TransformerShape& shape);

// How many numbers training finds for it: matrices, embedding, norms, biases.
uint64_t CountParameters(const TransformerShape& shape);

// Shows every number of `w` behind its shape to `archive` in the order of the file, with the range
// it must lie in. The archive has, returning Status:
//   Number(integer&, low, high)   Array(std::vector<integer>&, size, low, high)
//   Matrix(ScaledMatrix&, rows, columns), for which VisitMatrix shows what is in one
// w.shape must be valid, and w.layers and w.phases as many as it says.
template <class Archive, class Weights>
Status VisitTransformer(Archive& archive, Weights& w) {
  const TransformerShape& shape = w.shape;
  const auto scale = [&](auto& s) -> Status {
    LMZ_TRY(archive.Number(s.mantissa, 1 << 14, (1 << 15) - 1));
    return archive.Number(s.exponent, -64, 127);
  };
  const auto norm = [&](auto& n, size_t size, bool exists = true) -> Status {
    if (!exists) return OkStatus();
    LMZ_TRY(archive.Number(n.fraction, -64, 64));
    return archive.Array(n.weights, size, -32767, 32767);
  };
  const size_t width = shape.width, hidden = shape.hidden, head_size = shape.head_size;
  const size_t queries = shape.heads * head_size, keys = shape.kv_heads * head_size;
  for (auto* s : {&w.epsilon, &w.embedding_scale, &w.score_scale, &w.logit_scale}) {
    LMZ_TRY(scale(*s));
  }
  for (auto& table : w.phases) LMZ_TRY(archive.Array(table, head_size / 2, 0, UINT32_MAX));
  LMZ_TRY(archive.Matrix(w.embedding, shape.tokens, width));
  for (auto& layer : w.layers) {
    LMZ_TRY(archive.Number(layer.rotation, 0, shape.rotations - 1));
    LMZ_TRY(archive.Number(layer.window, 0, UINT16_MAX));
    LMZ_TRY(norm(layer.input_norm, width));
    LMZ_TRY(archive.Matrix(layer.query, queries, width));
    LMZ_TRY(archive.Matrix(layer.key, keys, width));
    LMZ_TRY(archive.Matrix(layer.value, keys, width));
    LMZ_TRY(norm(layer.query_bias, queries, shape.has_biases));
    LMZ_TRY(norm(layer.key_bias, keys, shape.has_biases));
    LMZ_TRY(norm(layer.value_bias, keys, shape.has_biases));
    LMZ_TRY(norm(layer.query_norm, head_size, shape.has_head_norms));
    LMZ_TRY(norm(layer.key_norm, head_size, shape.has_head_norms));
    LMZ_TRY(archive.Matrix(layer.output, width, queries));
    LMZ_TRY(norm(layer.output_norm, width, shape.has_output_norms));
    LMZ_TRY(norm(layer.hidden_norm, width));
    LMZ_TRY(archive.Matrix(layer.gate, hidden, width));
    LMZ_TRY(archive.Matrix(layer.up, hidden, width));
    LMZ_TRY(archive.Matrix(layer.down, width, hidden));
    LMZ_TRY(norm(layer.down_norm, width, shape.has_output_norms));
  }
  LMZ_TRY(norm(w.final_norm, width));
  return shape.has_own_head ? archive.Matrix(w.head, shape.tokens, width) : OkStatus();
}

// The same for one matrix; the archive also has View(std::span<const int8_t>&, size).
template <class Archive, class M>
Status VisitMatrix(Archive& archive, M& m, size_t rows, size_t columns) {
  LMZ_TRY(archive.Number(m.planes, 1, 2));
  LMZ_TRY(archive.Number(m.scale_exponent, -64, 127));
  LMZ_TRY(archive.Array(m.row_scale, rows, 0, 32767));
  return archive.View(m.weights, rows * columns);
}

}  // namespace lmz
