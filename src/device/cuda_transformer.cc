#include "device/cuda_transformer.h"

#include <algorithm>

#include "model/glr/kernels/tables.h"
#include "model/transformer/kernels/power_tables.h"

namespace lmz {

namespace {

lmz_cuda_scale ScaleOf(const ScaleWeight& scale) {
  return {.mantissa = scale.mantissa, .exponent = scale.exponent};
}

lmz_cuda_token_norm NormOf(const BoundTokenNorm& norm) {
  return {.fraction = norm.fraction,
          .weights = norm.weights.empty() ? nullptr : norm.weights.data()};
}

lmz_cuda_token_norm BiasOf(const BiasWeights& bias) {
  return {.fraction = bias.fraction,
          .weights = bias.weights.empty() ? nullptr : bias.weights.data()};
}

}  // namespace

lmz_cuda_token_matrix UnpackedTransformer::MatrixOf(const PiecedMatrix& m) {
  std::vector<int8_t>& all = matrices_.emplace_back();
  all.reserve(static_cast<size_t>(m.rows) * static_cast<size_t>(m.columns));
  for (const PiecedMatrix::Piece& piece : m.pieces) {
    const std::vector<int8_t> rows = piece.storage.Unpack();
    all.insert(all.end(), rows.begin(), rows.end());
  }
  return {.rows = m.rows,
          .columns = m.columns,
          .planes = m.planes,
          .low_shift = m.low_shift,
          .scale_exponent = m.scale_exponent,
          .row_scale = m.row_scale.data(),
          .weights = all.data()};
}

lmz_cuda_token_layer UnpackedTransformer::LayerOf(const BoundTransformer& network,
                                                  const BoundTransformerLayer& layer) {
  lmz_cuda_token_layer out = {};
  out.window = layer.window;
  out.rotation = layer.rotation;
  out.input_norm = NormOf(layer.input_norm);
  out.hidden_norm = NormOf(layer.hidden_norm);
  out.query_norm = NormOf(layer.query_norm);
  out.key_norm = NormOf(layer.key_norm);
  out.output_norm = NormOf(layer.output_norm);
  out.down_norm = NormOf(layer.down_norm);
  for (size_t i = 0; i < 3; ++i) {
    out.projection[i] = MatrixOf(layer.projection[i]);
    if (network.shape.has_biases) out.bias[i] = BiasOf(layer.bias[i]);
  }
  out.output = MatrixOf(layer.output);
  out.gate = MatrixOf(layer.gate);
  out.up = MatrixOf(layer.up);
  out.down = MatrixOf(layer.down);
  return out;
}

UnpackedTransformer::UnpackedTransformer(const TransformerPredictor& predictor) {
  const BoundTransformer& network = predictor.weights();
  const TransformerShape& shape = network.shape;
  for (const BoundTransformerLayer& layer : network.layers) {
    layers_.push_back(LayerOf(network, layer));
  }
  for (int32_t factor = 127; factor <= 254; ++factor) {
    logs_[static_cast<size_t>(factor - 127)] = LogOfFactor(factor);
  }
  weights_.width = shape.width;
  weights_.layers = shape.layers;
  weights_.heads = shape.heads;
  weights_.kv_heads = shape.kv_heads;
  weights_.head_size = shape.head_size;
  weights_.hidden = shape.hidden;
  weights_.context = shape.context;
  weights_.drop = shape.drop;
  weights_.sinks = shape.sinks;
  weights_.rotations = shape.rotations;
  weights_.attention_planes = network.attention_planes();
  weights_.is_gelu = shape.activation == Activation::kGelu ? 1 : 0;
  weights_.epsilon = ScaleOf(network.final_norm.epsilon);
  weights_.score_scale = ScaleOf(network.score_scale);
  weights_.embedding_scale = ScaleOf(network.embedding_scale);
  for (size_t i = 0; i < network.phases.size(); ++i) weights_.phases[i] = network.phases[i].data();
  weights_.tokens = static_cast<int32_t>(shape.tokens);
  weights_.embedding_exponent = network.embedding_exponent;
  weights_.embedding = network.embedding.data();
  weights_.embedding_row_scale = network.embedding_row_scale.data();
  weights_.layer = layers_.data();
  weights_.final_norm = NormOf(network.final_norm);
  weights_.head = MatrixOf(network.head);
  weights_.token_count = network.token_count;
  weights_.virtual_count = static_cast<int32_t>(network.virtual_tokens.size());
  weights_.virtual_tokens = network.virtual_tokens.data();
  weights_.virtual_weight = network.virtual_weight;
  weights_.sigmoid = kSigmoidTable.data();
  weights_.powers = kPowers.data();
  weights_.logs = logs_.data();
  weights_.quarter_sine = kQuarterSine.data();
}

}  // namespace lmz
