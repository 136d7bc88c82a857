#include "device/cuda/transformer/token_network.h"

#include <algorithm>
#include <cstdint>
#include <cstring>

namespace lmz::cuda {

namespace {

constexpr size_t kAlignment = 256;
constexpr int kMostHeadSize = 256;

// What is copied to the device, piece by piece. Pointers are offsets until it is there.
class Image {
 public:
  template <class T>
  const T* Add(const T* from, size_t count) {
    if (from == nullptr) return nullptr;
    const size_t at = Begin();
    const auto* const bytes = reinterpret_cast<const char*>(from);
    bytes_.insert(bytes_.end(), bytes, bytes + count * sizeof(T));
    return At<T>(at);
  }

  TokenMatrix Add(const lmz_cuda_token_matrix& m) {
    const auto rows = static_cast<size_t>(WholeRows(m.rows));
    const auto columns = static_cast<size_t>(WholeColumns(m.columns));
    std::vector<int16_t> scales(m.row_scale, m.row_scale + m.rows);
    scales.resize(rows);
    TokenMatrix matrix = {.weights = nullptr,
                          .row_scale = Add(scales.data(), scales.size()),
                          .rows = m.rows,
                          .columns = m.columns,
                          .planes = m.planes,
                          .low_shift = m.low_shift,
                          .scale_exponent = m.scale_exponent};
    const size_t at = Begin();
    bytes_.resize(at + rows * columns);
    for (int row = 0; row < m.rows; ++row) {
      std::copy_n(m.weights + int64_t{row} * m.columns, m.columns,
                  bytes_.data() + at + static_cast<size_t>(row) * columns);
    }
    matrix.weights = At<int8_t>(at);
    return matrix;
  }

  TokenNorm Add(const lmz_cuda_token_norm& norm, int size) {
    return {.weights = Add(norm.weights, static_cast<size_t>(size)), .fraction = norm.fraction};
  }
  TokenBias AddBias(const lmz_cuda_token_norm& bias, int size) {
    return {.weights = Add(bias.weights, static_cast<size_t>(size)), .fraction = bias.fraction};
  }

  const std::vector<char>& bytes() const { return bytes_; }

 private:
  size_t Begin() {
    bytes_.resize((bytes_.size() + kAlignment - 1) / kAlignment * kAlignment);
    return bytes_.size();
  }
  // One more than the offset, since none is null.
  template <class T>
  static const T* At(size_t offset) {
    return reinterpret_cast<const T*>(offset + 1);
  }

  std::vector<char> bytes_ = {};
};

// Offsets become addresses of the device.
class Mover {
 public:
  explicit Mover(const void* memory) : base_(reinterpret_cast<uintptr_t>(memory) - 1) {}

  template <class T>
  void Move(const T*& pointer) const {
    if (pointer == nullptr) return;
    pointer = reinterpret_cast<const T*>(base_ + reinterpret_cast<uintptr_t>(pointer));
  }
  void Move(TokenMatrix& m) const {
    Move(m.weights);
    Move(m.row_scale);
  }
  void Move(TokenLayer& layer) const {
    for (TokenNorm* norm : {&layer.input_norm, &layer.hidden_norm, &layer.query_norm,
                            &layer.key_norm, &layer.output_norm, &layer.down_norm}) {
      Move(norm->weights);
    }
    for (TokenMatrix& m : layer.projection) Move(m);
    for (TokenBias& bias : layer.bias) Move(bias.weights);
    for (TokenMatrix* m : {&layer.output, &layer.gate, &layer.up, &layer.down}) Move(*m);
  }

 private:
  uintptr_t base_;
};

TokenLayer AddLayer(const lmz_cuda_token_layer& layer, const TokenShape& shape, Image& image) {
  const int sizes[] = {shape.query_size(), shape.key_size(), shape.key_size()};
  TokenLayer added = {};
  added.window = layer.window;
  added.rotation = layer.rotation;
  added.input_norm = image.Add(layer.input_norm, shape.width);
  added.hidden_norm = image.Add(layer.hidden_norm, shape.width);
  added.query_norm = image.Add(layer.query_norm, shape.head_size);
  added.key_norm = image.Add(layer.key_norm, shape.head_size);
  added.output_norm = image.Add(layer.output_norm, shape.width);
  added.down_norm = image.Add(layer.down_norm, shape.width);
  for (int i = 0; i < 3; ++i) {
    added.projection[i] = image.Add(layer.projection[i]);
    added.bias[i] = image.AddBias(layer.bias[i], sizes[i]);
  }
  added.output = image.Add(layer.output);
  added.gate = image.Add(layer.gate);
  added.up = image.Add(layer.up);
  added.down = image.Add(layer.down);
  return added;
}

TokenShape ShapeOf(const lmz_cuda_transformer& w) {
  return {.width = w.width,
          .layers = w.layers,
          .heads = w.heads,
          .kv_heads = w.kv_heads,
          .head_size = w.head_size,
          .hidden = w.hidden,
          .rotations = w.rotations,
          .token_count = w.token_count,
          .attention_planes = w.attention_planes,
          .is_gelu = w.is_gelu != 0,
          .has_head_norms = w.layer[0].query_norm.weights != nullptr,
          .has_output_norms = w.layer[0].output_norm.weights != nullptr,
          .context = {.size = w.context, .drop = w.drop, .sinks = w.sinks},
          .epsilon = {w.epsilon.mantissa, w.epsilon.exponent},
          .score_scale = {w.score_scale.mantissa, w.score_scale.exponent}};
}

// What the kernels for vectors and for attention hold in shared memory.
bool FitsShared(const TokenShape& shape, int shared_limit) {
  constexpr int kOther = 40 << 10;
  const int scores = shape.queries_together() * (shape.context.slots() + kScorePadding);
  return 4 * std::max(shape.widest(), scores) + kOther <= shared_limit &&
         shape.context.slots() <= kMostSlots && shape.head_size <= kMostHeadSize &&
         shape.width <= 8192;
}

int PlanesBit(const TokenMatrix& m) {
  return 1 << (m.planes - 1);
}

}  // namespace

TokenNetwork::TokenNetwork(const lmz_cuda_transformer& w, int shared_limit, std::string& error)
    : shape_(ShapeOf(w)) {
  if (!FitsShared(shape_, shared_limit)) {
    error = "the network is too wide for the kernels";
    return;
  }
  Image image;
  const auto half = static_cast<size_t>(w.head_size / 2);
  for (int i = 0; i < w.rotations; ++i) embedding_.phases[i] = image.Add(w.phases[i], half);
  embedding_.weights =
      image.Add(w.embedding, static_cast<size_t>(w.tokens) * static_cast<size_t>(w.width));
  embedding_.row_scale = image.Add(w.embedding_row_scale, static_cast<size_t>(w.tokens));
  embedding_.exponent = w.embedding_exponent;
  embedding_.scale = {w.embedding_scale.mantissa, w.embedding_scale.exponent};
  for (int i = 0; i < w.layers; ++i) layers_.push_back(AddLayer(w.layer[i], shape_, image));
  final_norm_ = image.Add(w.final_norm, w.width);
  head_ = image.Add(w.head);
  virtual_tokens_ = {image.Add(w.virtual_tokens, static_cast<size_t>(w.virtual_count)),
                     w.virtual_count, w.virtual_weight};
  tables_ = {.sigmoid = image.Add(w.sigmoid, 8192),
             .powers = image.Add(w.powers, 1024),
             .logs = image.Add(w.logs, 128),
             .quarter_sine = image.Add(w.quarter_sine, 1026)};

  cudaError_t status = cudaMalloc(&memory_, image.bytes().size());
  if (status == cudaSuccess) {
    status =
        cudaMemcpy(memory_, image.bytes().data(), image.bytes().size(), cudaMemcpyHostToDevice);
  }
  const Mover mover(memory_);
  for (const uint32_t*& phases : embedding_.phases) mover.Move(phases);
  mover.Move(embedding_.weights);
  mover.Move(embedding_.row_scale);
  for (TokenLayer& layer : layers_) mover.Move(layer);
  mover.Move(final_norm_.weights);
  mover.Move(head_);
  mover.Move(virtual_tokens_.tokens);
  mover.Move(tables_.sigmoid);
  mover.Move(tables_.powers);
  mover.Move(tables_.logs);
  mover.Move(tables_.quarter_sine);
  if (status == cudaSuccess) status = PrepareTokenKernels(shape_);
  if (status != cudaSuccess) error = cudaGetErrorString(status);
}

TokenNetwork::~TokenNetwork() {
  (void)cudaFree(memory_);
}

size_t TokenNetwork::lane_size() const {
  const CacheLayout layout(shape_.context, shape_.head_size, shape_.attention_planes);
  return static_cast<size_t>(layout.size) * static_cast<size_t>(shape_.layers) *
         static_cast<size_t>(shape_.kv_heads);
}

bool TokenNetwork::TakeWork(TokenWork& work) const {
  work = {};
  bool is_there = true;
  const auto take = [&](auto*& pointer, int size) {
    void* memory = nullptr;
    const size_t bytes = sizeof *pointer * static_cast<size_t>(size) * kMostStepRows;
    is_there = is_there && cudaMalloc(&memory, bytes) == cudaSuccess;
    pointer = static_cast<std::remove_reference_t<decltype(pointer)>>(memory);
  };
  TokenRow* rows = nullptr;
  take(rows, 1);
  work.rows = rows;
  take(work.stream, shape_.width);
  take(work.product, shape_.width);
  for (int i = 0; i < 2; ++i) {
    TokenPlanes& planes = work.planes[i];
    planes.stride = WholeColumns(shape_.widest());
    take(planes.bytes, planes.stride * (i + 1));
    take(planes.mantissa, 1);
    take(planes.exponent, 1);
  }
  take(work.query, shape_.query_size());
  take(work.key, shape_.key_size());
  take(work.value, shape_.key_size());
  take(work.gate, shape_.hidden);
  take(work.up, shape_.hidden);
  take(work.turns, shape_.rotations * shape_.head_size);
  take(work.query_bytes, shape_.attention_planes * shape_.query_size());
  take(work.query_scale, shape_.heads);
  take(work.mix_scale, shape_.heads);
  for (uint32_t*& weights : work.weights) take(weights, shape_.token_count);
  if (!is_there) {
    (void)cudaGetLastError();  // it is reported here, and nothing else is wrong
    Release(work);
  }
  return is_there;
}

void TokenNetwork::Release(TokenWork& work) {
  (void)cudaFree(const_cast<TokenRow*>(work.rows));
  for (TokenPlanes& planes : work.planes) {
    (void)cudaFree(planes.bytes);
    (void)cudaFree(planes.mantissa);
    (void)cudaFree(planes.exponent);
  }
  for (int32_t* memory : {work.stream, work.product, work.query, work.key, work.value, work.gate,
                          work.up, work.turns}) {
    (void)cudaFree(memory);
  }
  (void)cudaFree(work.query_bytes);
  (void)cudaFree(work.query_scale);
  (void)cudaFree(work.mix_scale);
  for (uint32_t* weights : work.weights) (void)cudaFree(weights);
  work = {};
}

namespace {

TokenProduct Free(const TokenMatrix& matrix, int32_t* out, int stride) {
  return {
      .matrix = matrix, .kind = TokenProduct::kFree, .fraction = 0, .out = out, .stride = stride};
}

// Those that read one plane, and those that read two.
void LaunchAll(std::initializer_list<TokenProduct> products, const TokenWork& work, int rows,
               cudaStream_t stream) {
  for (const int planes : {1, 2}) {
    TokenProducts some = {};
    for (const TokenProduct& product : products) {
      if (product.matrix.planes == planes) some.product[some.count++] = product;
    }
    if (some.count != 0) LaunchProducts(some, work, rows, stream);
  }
}

}  // namespace

void TokenNetwork::LaunchLayer(const TokenWork& work, int number, const Step& step,
                               cudaStream_t stream) const {
  const int rows = step.rows;
  const TokenLayer& layer = layers_[static_cast<size_t>(number)];
  const auto& [query, key, value] = layer.projection;
  LaunchNormalize(shape_, layer.input_norm, PlanesBit(query) | PlanesBit(key) | PlanesBit(value),
                  work, rows, stream);
  LaunchAll({Free(query, work.query, shape_.query_size()), Free(key, work.key, shape_.key_size()),
             Free(value, work.value, shape_.key_size())},
            work, rows, stream);
  LaunchRemember(shape_, layer, number, tables_, embedding_.phases[layer.rotation], work, rows,
                 stream);
  const int most = step.has_groups ? shape_.positions_together() : 1;
  LaunchAttend(shape_, layer.window, number, tables_, work, rows, most, stream);
  LaunchCombine(shape_, PlanesBit(layer.output), work, rows, stream);
  const auto add = [&](const TokenMatrix& matrix, const TokenNorm& norm) {
    if (!shape_.has_output_norms) {
      LaunchAll({{matrix, TokenProduct::kAdd, 10, work.stream, shape_.width}}, work, rows, stream);
      return;
    }
    LaunchAll({Free(matrix, work.product, shape_.width)}, work, rows, stream);
    LaunchAddNormal(shape_, matrix, norm, work, rows, stream);
  };
  add(layer.output, layer.output_norm);
  LaunchNormalize(shape_, layer.hidden_norm, PlanesBit(layer.gate) | PlanesBit(layer.up), work,
                  rows, stream);
  LaunchAll({{layer.gate, TokenProduct::kFixed, 12, work.gate, shape_.hidden},
             Free(layer.up, work.up, shape_.hidden)},
            work, rows, stream);
  LaunchActivate(shape_, layer.up, PlanesBit(layer.down), tables_, work, rows, stream);
  add(layer.down, layer.down_norm);
}

cudaError_t TokenNetwork::Launch(const TokenWork& work, const Step& step,
                                 cudaStream_t stream) const {
  const int rows = step.rows, buffer = step.buffer;
  LaunchEmbed(shape_, embedding_, tables_, work, rows, stream);
  for (int i = 0; i < shape_.layers; ++i) LaunchLayer(work, i, step, stream);
  LaunchNormalize(shape_, final_norm_, PlanesBit(head_), work, rows, stream);
  auto* const logits = reinterpret_cast<int32_t*>(work.weights[buffer]);
  TokenMatrix head = head_;
  head.rows = shape_.token_count;
  LaunchAll({{head, TokenProduct::kFixed, 10, logits, shape_.token_count}}, work, rows, stream);
  LaunchWeigh(shape_, virtual_tokens_, tables_, work.weights[buffer], rows, stream);
  return cudaGetLastError();
}

}  // namespace lmz::cuda
