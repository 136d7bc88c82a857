// A transformer's weights bound to the kernels of one instruction set: packed, aligned, with every
// constant of a step worked out beforehand. Immutable once made; refers to nothing that it was made
// from.
#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "cpu/aligned.h"
#include "cpu/weight_memory.h"
#include "model/glr/kernels/network_kernels.h"
#include "model/glr/kernels/packed_matrix.h"
#include "model/transformer/kernels/transformer_kernels.h"
#include "model/transformer/weights.h"
#include "model/vocabulary.h"

namespace lmz {

// A matrix in pieces of rows, which threads may take one by one.
struct PiecedMatrix {
  struct Piece {
    MatrixStorage storage;
    int first = 0;  // row
    int rows = 0;
  };
  std::vector<Piece> pieces;
  AlignedVector<int16_t> row_scale;
  int rows = 0;
  int columns = 0;
  int planes = 1;
  int low_shift = 0;       // spec 6.4: k of two planes, else 0
  int scale_exponent = 0;  // spec: Scale_Exponent
};

// The most rows of a piece.
inline constexpr int kPieceRows = 64;

struct BoundTokenNorm {
  // Spec 6.2: E for an input of this fraction.
  uint64_t Epsilon(int input_fraction) const;
  AlignedVector<int16_t> weights;
  int fraction = 0;
  ScaleWeight epsilon;
};

struct BoundTransformerLayer {
  int window = 0;
  int rotation = 0;
  BoundTokenNorm input_norm, hidden_norm;
  BoundTokenNorm query_norm, key_norm;     // if has_head_norms
  BoundTokenNorm output_norm, down_norm;   // if has_output_norms
  std::array<PiecedMatrix, 3> projection;  // query, key, value
  std::array<BiasWeights, 3> bias;         // if has_biases
  PiecedMatrix output, gate, up, down;
};

struct BoundTransformer {
  // `weights` obeys the rules of the model file. May throw std::bad_alloc.
  BoundTransformer(const TransformerWeights& weights, const Vocabulary& vocabulary,
                   const MatrixKernels& matrix_kernels, const TransformerKernels& with);

  // How many planes queries and keys have.
  int attention_planes() const { return shape.has_biases ? 2 : 1; }
  int query_size() const { return shape.heads * shape.head_size; }
  int key_size() const { return shape.kv_heads * shape.head_size; }
  // The longest vector that a matrix reads or gives, the head aside.
  int widest() const;

  TransformerShape shape;
  const MatrixKernels* matrix_kernels;
  const TransformerKernels* kernels;
  ScaleWeight embedding_scale, score_scale;
  std::vector<std::vector<uint32_t>> phases;
  WeightMemory memory;              // of all matrices
  AlignedVector<int8_t> embedding;  // [tokens][width]
  std::vector<int16_t> embedding_row_scale;
  int embedding_exponent;
  std::vector<BoundTransformerLayer> layers;
  BoundTokenNorm final_norm;
  // [the vocabulary's tokens, up to a multiple of kSizeUnit][width]: the rows of virtual tokens and
  // behind the last are zero.
  PiecedMatrix head;
  std::vector<uint32_t> virtual_tokens;
  uint32_t virtual_weight;
  int token_count;  // of the vocabulary
};

}  // namespace lmz
