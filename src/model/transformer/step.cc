#include "model/transformer/step.h"

#include <algorithm>
#include <array>

#include "model/glr/kernels/fixed_point.h"
#include "model/transformer/attention.h"
#include "model/transformer/kernels/wide.h"
#include "model/transformer/products.h"

namespace lmz {

namespace {

class TransformerStep {
 public:
  TransformerStep(const BoundTransformer& network, const StepTokens& tokens, LaneCaches& caches,
                  StepMemory& memory, ThreadTeam& team)
      : network_(network),
        kernels_(*network.kernels),
        tokens_(tokens),
        caches_(caches),
        memory_(memory),
        team_(team),
        rows_(static_cast<int>(tokens.lanes.size()) * tokens.positions) {}

  void Begin() {
    ForRows([&](int, int row) {
      const auto at = static_cast<size_t>(row);
      const int lane = row / tokens_.positions, position = row % tokens_.positions;
      const auto in_step = static_cast<size_t>(lane);
      memory_.lane[at] = tokens_.lanes[in_step];
      memory_.place[at] = tokens_.places[in_step] + static_cast<uint64_t>(position);
      TurnRow(network_, memory_, row);
      Embed(tokens_.tokens[lane * tokens_.stride + position], memory_.stream[row]);
    });
  }

  void Attention(int number) {
    const BoundTransformerLayer& layer = network_.layers[static_cast<size_t>(number)];
    const auto& [query, key, value] = layer.projection;
    const std::array inputs = {&query, &key, &value};
    ForRows([&](int, int row) { NormalizeRow(layer.input_norm, row, inputs); });
    Multiply({{Free(query, memory_.query), Free(key, memory_.key), Free(value, memory_.value)}});
    ForRows(
        [&](int worker, int row) { RememberRow(network_, number, memory_, caches_, worker, row); });
    Attend(network_, number, memory_, caches_, team_, rows_, tokens_.positions);
    const std::array output = {&layer.output};
    ForRows([&](int, int row) {
      const int fraction = CombineRow(network_, memory_, row);
      QuantizeRow(network_, memory_, row, memory_.query[row], network_.query_size(), fraction,
                  output);
    });
    AddProduct(layer.output, layer.output_norm);
  }

  void Hidden(const BoundTransformerLayer& layer) {
    const std::array inputs = {&layer.gate, &layer.up};
    ForRows([&](int, int row) { NormalizeRow(layer.hidden_norm, row, inputs); });
    Product gate = Free(layer.gate, memory_.gate);
    gate.kind = Product::Kind::kFixed;
    gate.fraction = kTokenGateFraction;
    Multiply({{gate, Free(layer.up, memory_.up)}});
    const std::array down = {&layer.down};
    ForRows([&](int worker, int row) {
      const int fraction = ActivateRow(layer, worker, row);
      QuantizeRow(network_, memory_, row, memory_.gate[row], network_.shape.hidden, fraction, down);
    });
    AddProduct(layer.down, layer.down_norm);
  }

  void Head() {
    const std::array head = {&network_.head};
    ForRows([&](int, int row) { NormalizeRow(network_.final_norm, row, head); });
    HeadProducts();
    ForRows([&](int, int row) { WeighRow(WeightsOf(row)); });
  }

 private:
  // Calls work(worker, row) for all rows.
  template <class Work>
  void ForRows(const Work& work) {
    // One thread is quicker with a few than two that must meet.
    const int wanted = rows_ < 2 * team_.size() ? 1 : std::min(rows_, 8 * team_.size());
    const int at_once = (rows_ + wanted - 1) / wanted;
    const int count = (rows_ + at_once - 1) / at_once;
    team_.Run(count, [&](int worker, ThreadTeam::Pieces& pieces) {
      for (int piece = pieces.Next(); piece >= 0; piece = pieces.Next()) {
        const int last = std::min(rows_, (piece + 1) * at_once);
        for (int row = piece * at_once; row < last; ++row) work(worker, row);
      }
    });
  }

  void Embed(uint32_t token, int32_t* x) const {
    const auto width = static_cast<size_t>(network_.shape.width);
    const int8_t* const row = network_.embedding.data() + token * width;
    const int64_t scale =
        int64_t{network_.embedding_row_scale[token]} * network_.embedding_scale.mantissa;
    const int shift =
        network_.embedding_exponent + network_.embedding_scale.exponent - kStreamFraction;
    for (size_t i = 0; i < width; ++i) x[i] = Shifted(row[i] * scale, shift);
  }

  void NormalizeRow(const BoundTokenNorm& norm, int row,
                    std::span<const PiecedMatrix* const> matrices) {
    int32_t* const n = memory_.normal[row];
    kernels_.normalize(memory_.stream[row], network_.shape.width, norm.Epsilon(kStreamFraction),
                       norm.weights.data(), n);
    QuantizeRow(network_, memory_, row, n, network_.shape.width, norm.fraction, matrices);
  }

  static Product Free(const PiecedMatrix& matrix, RowArray<int32_t>& out) {
    return {.matrix = &matrix, .out = out[0], .stride = out.stride()};
  }

  void Multiply(std::span<const Product> products) {
    lmz::Multiply(network_, memory_, team_, rows_, products);
  }
  template <size_t kCount>
  void Multiply(const Product (&products)[kCount]) {
    Multiply(std::span<const Product>(products));
  }

  // x += the product, normalised before if there are norms for that (spec 6.11).
  void AddProduct(const PiecedMatrix& matrix, const BoundTokenNorm& norm) {
    if (!network_.shape.has_output_norms) {
      Product product = Free(matrix, memory_.stream);
      product.kind = Product::Kind::kAdd;
      product.fraction = kStreamFraction;
      return Multiply({&product, 1});
    }
    const Product product = Free(matrix, memory_.product);
    Multiply({&product, 1});
    ForRows([&](int, int row) {
      int32_t* const n = memory_.normal[row];
      const int fraction = FreeFraction(matrix, memory_, row);
      kernels_.normalize(memory_.product[row], network_.shape.width, norm.Epsilon(fraction),
                         norm.weights.data(), n);
      int32_t* const x = memory_.stream[row];
      for (int i = 0; i < network_.shape.width; ++i) {
        x[i] = Saturate(x[i] + Shifted(n[i], norm.fraction - kStreamFraction), kStreamLimit);
      }
    });
  }

  // Spec 6.10, in the place of the gate; returns the fraction.
  int ActivateRow(const BoundTransformerLayer& layer, int worker, int row) {
    const int size = network_.shape.hidden;
    int32_t* const gate = memory_.gate[row];
    const int32_t* const up = memory_.up[row];
    uint16_t* const scratch = memory_.workers[static_cast<size_t>(worker)].sigmoid.data();
    const bool is_silu = network_.shape.activation == Activation::kSilu;
    const int32_t largest = (is_silu ? kernels_.silu : kernels_.gelu)(gate, size, scratch);
    const int bits = BitLength(static_cast<uint32_t>(largest)) +
                     BitLength(static_cast<uint32_t>(kernels_.magnitude(up, size)));
    const int shift = std::max(0, bits - 30);
    kernels_.multiply(gate, up, size, shift);
    return kTokenGateFraction + FreeFraction(layer.up, memory_, row) - shift;
  }

  uint32_t* WeightsOf(int row) const {
    const int lane = row / tokens_.positions, position = row % tokens_.positions;
    return tokens_.weights + (lane * tokens_.stride + position) * network_.token_count;
  }

  // The logits, where the weights will be.
  void HeadProducts() {
    const ptrdiff_t size = network_.token_count;
    const Product product = {.matrix = &network_.head,
                             .kind = Product::Kind::kFixed,
                             .fraction = kLogitFraction,
                             .out = reinterpret_cast<int32_t*>(tokens_.weights),
                             .stride = size,
                             .lane_stride = tokens_.stride * size,
                             .positions = tokens_.positions,
                             .size = network_.token_count};
    Multiply({&product, 1});
  }

  void WeighRow(uint32_t* weights) const {
    auto* const logits = reinterpret_cast<int32_t*>(weights);
    for (const uint32_t token : network_.virtual_tokens) logits[token] = INT32_MIN;
    const int32_t largest = kernels_.largest(logits, network_.token_count);
    kernels_.token_weights(weights, network_.token_count, largest);
    for (const uint32_t token : network_.virtual_tokens) weights[token] = network_.virtual_weight;
  }

  const BoundTransformer& network_;
  const TransformerKernels& kernels_;
  const StepTokens& tokens_;
  LaneCaches& caches_;
  StepMemory& memory_;
  ThreadTeam& team_;
  const int rows_;
};

}  // namespace

void StepTransformer(const BoundTransformer& network, const StepTokens& tokens, LaneCaches& caches,
                     StepMemory& memory, ThreadTeam& team) {
  TransformerStep step(network, tokens, caches, memory, team);
  step.Begin();
  for (int i = 0; i < network.shape.layers; ++i) {
    step.Attention(i);
    step.Hidden(network.layers[static_cast<size_t>(i)]);
  }
  step.Head();
}

}  // namespace lmz
