#include "model/transformer/bound_transformer.h"

#include <algorithm>
#include <cassert>

#include "model/glr/kernels/fixed_point.h"

namespace lmz {

namespace {

// The largest pieces of which there is an even number, for two threads.
int PieceRows(int rows) {
  for (const int size : {kPieceRows, 48, 32}) {
    if ((rows + size - 1) / size % 2 == 0) return size;
  }
  return kPieceRows;
}

size_t PackedSize(int rows, int columns, const MatrixKernels& kernels) {
  size_t size = 0;
  const int step = PieceRows(rows);
  for (int first = 0; first < rows; first += step) {
    size += ZeroedMemory::RoundUp(kernels.packed_size(std::min(step, rows - first), columns));
  }
  return size;
}

// Where the rows of a matrix come from: row i is weights[source(i)].
template <class Source>
PiecedMatrix BindRows(const ScaledMatrix& from, int rows, int columns, const MatrixKernels& kernels,
                      ZeroedMemory& memory, const Source& source) {
  PiecedMatrix m;
  m.rows = rows;
  m.columns = columns;
  m.planes = from.planes;
  m.low_shift = m.planes == 1 ? 0 : std::max(0, BitLength(static_cast<uint64_t>(columns)) - 10);
  m.scale_exponent = from.scale_exponent;
  m.row_scale.resize(static_cast<size_t>(rows));
  const auto width = static_cast<size_t>(columns);
  const int step = PieceRows(rows);
  std::vector<int8_t> piece;
  for (int first = 0; first < rows; first += step) {
    const int count = std::min(step, rows - first);
    piece.assign(static_cast<size_t>(count) * width, 0);
    for (int i = 0; i < count; ++i) {
      const int64_t row = source(first + i);
      if (row < 0) continue;
      const auto at = static_cast<size_t>(row);
      std::ranges::copy(from.weights.subspan(at * width, width),
                        piece.begin() + static_cast<ptrdiff_t>(static_cast<size_t>(i) * width));
      m.row_scale[static_cast<size_t>(first + i)] = from.row_scale[at];
    }
    m.pieces.push_back({MatrixStorage(piece, count, columns, kernels, memory), first, count});
  }
  return m;
}

PiecedMatrix Bind(const ScaledMatrix& from, int rows, int columns, const MatrixKernels& kernels,
                  ZeroedMemory& memory) {
  assert(from.weights.size() == static_cast<size_t>(rows) * static_cast<size_t>(columns));
  return BindRows(from, rows, columns, kernels, memory, [](int row) { return int64_t{row}; });
}

BoundTokenNorm BindNorm(const NormWeights& norm, const ScaleWeight& epsilon) {
  return {AlignedVector<int16_t>(norm.weights.begin(), norm.weights.end()), norm.fraction, epsilon};
}

int HeadRows(const Vocabulary& vocabulary) {
  return static_cast<int>((vocabulary.size() + kSizeUnit - 1) / kSizeUnit * kSizeUnit);
}

size_t PackedSize(const TransformerShape& shape, int head_rows, const MatrixKernels& kernels) {
  const int width = shape.width, query = shape.heads * shape.head_size;
  const int key = shape.kv_heads * shape.head_size, hidden = shape.hidden;
  const size_t layer = PackedSize(query, width, kernels) + 2 * PackedSize(key, width, kernels) +
                       PackedSize(width, query, kernels) + 2 * PackedSize(hidden, width, kernels) +
                       PackedSize(width, hidden, kernels);
  return shape.layers * layer + PackedSize(head_rows, width, kernels);
}

BoundTransformerLayer BindLayer(const TransformerWeights& weights, const TransformerLayer& layer,
                                const MatrixKernels& kernels, ZeroedMemory& memory) {
  const TransformerShape& shape = weights.shape;
  const int width = shape.width, hidden = shape.hidden;
  const int query = shape.heads * shape.head_size, key = shape.kv_heads * shape.head_size;
  const auto norm = [&](const NormWeights& n) { return BindNorm(n, weights.epsilon); };
  return {.window = layer.window,
          .rotation = layer.rotation,
          .input_norm = norm(layer.input_norm),
          .hidden_norm = norm(layer.hidden_norm),
          .query_norm = norm(layer.query_norm),
          .key_norm = norm(layer.key_norm),
          .output_norm = norm(layer.output_norm),
          .down_norm = norm(layer.down_norm),
          .projection = {Bind(layer.query, query, width, kernels, memory),
                         Bind(layer.key, key, width, kernels, memory),
                         Bind(layer.value, key, width, kernels, memory)},
          .bias = {layer.query_bias, layer.key_bias, layer.value_bias},
          .output = Bind(layer.output, width, query, kernels, memory),
          .gate = Bind(layer.gate, hidden, width, kernels, memory),
          .up = Bind(layer.up, hidden, width, kernels, memory),
          .down = Bind(layer.down, width, hidden, kernels, memory)};
}

}  // namespace

uint64_t BoundTokenNorm::Epsilon(int input_fraction) const {
  constexpr uint64_t kMost = uint64_t{1} << 60;
  const uint64_t product = weights.size() * static_cast<uint64_t>(epsilon.mantissa);  // below 2^28
  const int shift = 2 * input_fraction - epsilon.exponent;
  if (shift < 0) return product >> std::min(-shift, 63);
  return shift >= 60 || product >= kMost >> shift ? kMost : product << shift;
}

BoundTransformer::BoundTransformer(const TransformerWeights& weights, const Vocabulary& vocabulary,
                                   const MatrixKernels& with_matrices,
                                   const TransformerKernels& with)
    : shape(weights.shape),
      matrix_kernels(&with_matrices),
      kernels(&with),
      embedding_scale(weights.embedding_scale),
      score_scale(weights.score_scale),
      phases(weights.phases),
      memory(PackedSize(weights.shape, HeadRows(vocabulary), with_matrices)),
      embedding(weights.embedding.weights.begin(), weights.embedding.weights.end()),
      embedding_row_scale(weights.embedding.row_scale),
      embedding_exponent(weights.embedding.scale_exponent),
      final_norm(BindNorm(weights.final_norm, weights.epsilon)),
      virtual_weight(vocabulary.virtual_weight()),
      token_count(static_cast<int>(vocabulary.size())) {
  layers.reserve(weights.layers.size());
  for (const TransformerLayer& layer : weights.layers) {
    layers.push_back(BindLayer(weights, layer, with_matrices, memory));
  }
  const ScaledMatrix& rows = shape.has_own_head ? weights.head : weights.embedding;
  const auto row_of = [&](int at) {
    const auto token = static_cast<uint32_t>(at);
    const bool is_real = token < vocabulary.size() && !vocabulary.is_virtual(token);
    return is_real ? int64_t{vocabulary.row(token)} : int64_t{-1};
  };
  head = BindRows(rows, HeadRows(vocabulary), shape.width, with_matrices, memory, row_of);
  for (int16_t& scale : head.row_scale) scale = MulQ15(scale, weights.logit_scale.mantissa);
  head.scale_exponent += weights.logit_scale.exponent - 15;
  for (uint32_t token = 0; token < vocabulary.size(); ++token) {
    if (vocabulary.is_virtual(token)) virtual_tokens.push_back(token);
  }
}

int BoundTransformer::widest() const {
  return std::max<int>({shape.width, shape.hidden, query_size()});
}

}  // namespace lmz
