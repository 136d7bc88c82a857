#include "device/cuda/network.h"

#include <algorithm>
#include <cstring>
#include <vector>

namespace lmz::cuda {

namespace {

constexpr size_t kAlignment = 256;

// What is copied to the device, piece by piece.
class Image {
 public:
  // Where `size` bytes go.
  int64_t Add(const void* from, size_t size) {
    const int64_t at = Begin();
    const auto* const bytes = static_cast<const char*>(from);
    bytes_.insert(bytes_.end(), bytes, bytes + size);
    return at;
  }

  int64_t Begin() {
    bytes_.resize((bytes_.size() + kAlignment - 1) / kAlignment * kAlignment);
    return static_cast<int64_t>(bytes_.size());
  }

  // Row scales, then for each 16 rows and each 32 columns the four words of every thread of a warp:
  // rows t / 4 and 8 more, columns t % 4 * 4 and 16 more. Columns beyond the last are zero.
  int64_t AddMatrix(const lmz_cuda_matrix& m) {
    const auto rows = static_cast<size_t>(m.rows);
    const int64_t at = Add(m.row_scale, rows * sizeof(int16_t));
    bytes_.resize((bytes_.size() + 15) / 16 * 16);
    for (int first_row = 0; first_row < m.rows; first_row += 16) {
      for (int first = 0; first < m.columns; first += kUnit) AddUnit(m, first_row, first);
    }
    return at;
  }

  const std::vector<char>& bytes() const { return bytes_; }

 private:
  void AddUnit(const lmz_cuda_matrix& m, int first_row, int first_column) {
    for (int thread = 0; thread < 32; ++thread) {
      for (int word = 0; word < 4; ++word) {
        const int row = first_row + thread / 4 + word % 2 * 8;
        for (int i = 0; i < 4; ++i) {
          const int column = first_column + thread % 4 * 4 + word / 2 * 16 + i;
          const bool is_there = column < m.columns;
          bytes_.push_back(is_there ? m.weights[int64_t{row} * m.columns + column] : 0);
        }
      }
    }
  }

  std::vector<char> bytes_;
};

void SetScalars(const lmz_cuda_layer& layer, int index, NetworkView& view) {
  const lmz_cuda_matrix* const matrices[] = {&layer.value,  &layer.forget, &layer.gate,
                                             &layer.output, &layer.up,     &layer.down};
  for (int m = 0; m < NetworkView::kMatrices; ++m) {
    view.base[index][m] =
        static_cast<int16_t>(matrices[m]->scale_exponent - matrices[m]->sum_shift - 15);
    view.sum_shift[index][m] = static_cast<int8_t>(matrices[m]->sum_shift);
  }
  const lmz_cuda_norm* const norms[] = {&layer.input_norm, &layer.state_norm, &layer.hidden_norm};
  for (int n = 0; n < NetworkView::kNorms; ++n) {
    view.fraction[index][n] = static_cast<int8_t>(norms[n]->fraction);
  }
}

// Appends a layer and says where its parts are, from `begin` on.
NetworkView::Offsets AddLayer(const lmz_cuda_layer& layer, const lmz_cuda_weights& all,
                              int64_t begin, Image& image) {
  const size_t width = static_cast<size_t>(all.width) * sizeof(int16_t);
  const size_t state = static_cast<size_t>(all.state) * sizeof(int16_t);
  NetworkView::Offsets at = {};
  at.input_norm = image.Add(layer.input_norm.weights, width) - begin;
  at.state_norm = image.Add(layer.state_norm.weights, state) - begin;
  at.hidden_norm = image.Add(layer.hidden_norm.weights, width) - begin;
  for (int k = 0; k < 3; ++k) at.mix[k] = image.Add(layer.mix[k], width) - begin;
  at.hidden_mix = image.Add(layer.hidden_mix, width) - begin;
  at.forget_bias = image.Add(layer.forget_bias, state) - begin;
  at.value = image.AddMatrix(layer.value) - begin;
  at.forget = image.AddMatrix(layer.forget) - begin;
  at.gate = image.AddMatrix(layer.gate) - begin;
  at.output = image.AddMatrix(layer.output) - begin;
  at.up = image.AddMatrix(layer.up) - begin;
  at.down = image.AddMatrix(layer.down) - begin;
  return at;
}

}  // namespace

Network::Network(const lmz_cuda_weights& weights, int shared_limit, std::string& error)
    : shared_limit_(shared_limit) {
  view_.width = weights.width;
  view_.layers = weights.layers;
  view_.state = weights.state;
  view_.hidden = weights.hidden;
  if (!IsKnownShape(view_) || SharedSize(view_, 8) > static_cast<size_t>(shared_limit)) {
    error = "the network is too wide for the kernels";
    return;
  }
  Image image;
  for (int i = 0; i < weights.layers; ++i) {
    const int64_t begin = image.Begin();
    if (i == 1) view_.layer_size = begin;
    view_.at = AddLayer(weights.layer[i], weights, begin, image);
    SetScalars(weights.layer[i], i, view_);
  }
  const size_t width = static_cast<size_t>(weights.width) * sizeof(int16_t);
  const int64_t embedding = image.Add(weights.embedding, 256 * width);
  const int64_t final_norm = image.Add(weights.final_norm.weights, width);
  const int64_t head = image.AddMatrix(weights.head);
  const int64_t bias = image.Add(weights.head_bias, 256 * sizeof(int32_t));
  std::vector<uint16_t> below(4096);
  for (int z = 0; z < 4096; ++z) {
    below[static_cast<size_t>(z)] = weights.sigmoid[4096 - std::min(z, 4095)];
  }
  const int64_t sigmoid = image.Add(below.data(), below.size() * sizeof(uint16_t));
  const int64_t exp2 = image.Add(weights.exp2, 1024 * sizeof(uint32_t));
  view_.residual_epsilon = weights.final_norm.epsilon;
  view_.state_epsilon = weights.layer[0].state_norm.epsilon;
  view_.head_base = weights.head.scale_exponent - weights.head.sum_shift - 15;
  view_.head_shift = weights.head.sum_shift;
  view_.final_fraction = weights.final_norm.fraction;

  cudaError_t status = cudaMalloc(&memory_, image.bytes().size());
  if (status == cudaSuccess) {
    status =
        cudaMemcpy(memory_, image.bytes().data(), image.bytes().size(), cudaMemcpyHostToDevice);
  }
  const auto* const data = static_cast<const char*>(memory_);
  view_.layer_data = data;
  view_.embedding = reinterpret_cast<const int16_t*>(data + embedding);
  view_.final_norm = reinterpret_cast<const int16_t*>(data + final_norm);
  view_.head = data + head;
  view_.head_bias = reinterpret_cast<const int32_t*>(data + bias);
  view_.sigmoid_below = reinterpret_cast<const uint16_t*>(data + sigmoid);
  view_.exp2 = reinterpret_cast<const uint32_t*>(data + exp2);
  if (status == cudaSuccess) {
    status = SetUniformTables(weights.root_seeds, weights.factors, weights.mantissas);
  }
  if (status == cudaSuccess) status = PrepareStep(view_, shared_limit);
  if (status != cudaSuccess) error = cudaGetErrorString(status);
}

Network::~Network() {
  (void)cudaFree(memory_);
}

TileShape Network::ShapeFor(int lanes, int multiprocessors) const {
  TileShape best = kTileShapes[0];
  for (const TileShape& shape : kTileShapes) {
    if (SharedSize(view_, shape.lanes) > static_cast<size_t>(shared_limit_)) break;
    best = shape;
    if (shape.lanes * shape.blocks_together * multiprocessors >= lanes) break;
  }
  return best;
}

}  // namespace lmz::cuda
