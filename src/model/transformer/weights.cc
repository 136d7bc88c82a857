#include "model/transformer/weights.h"

namespace lmz {

uint64_t CountParameters(const TransformerShape& shape) {
  const uint64_t width = shape.width, hidden = shape.hidden, head_size = shape.head_size;
  const uint64_t queries = shape.heads * head_size, keys = shape.kv_heads * head_size;
  const uint64_t matrices = width * (2 * queries + 2 * keys + 3 * hidden);
  const uint64_t norms =
      (shape.has_output_norms ? 4 : 2) * width + (shape.has_head_norms ? 2 * head_size : 0);
  const uint64_t biases = shape.has_biases ? queries + 2 * keys : 0;
  const uint64_t ends = (shape.has_own_head ? 2 : 1) * uint64_t{shape.tokens} * width + width;
  return shape.layers * (matrices + norms + biases) + ends;
}

Status CheckShape(const TransformerShape& shape) {
  const auto within = [](int value, int low, int high) { return value >= low && value <= high; };
  const auto multiple = [&](int value, int high) {
    return within(value, 16, high) && value % 16 == 0;
  };
  const bool has_sizes = multiple(shape.width, 8192) && multiple(shape.hidden, 16384) &&
                         multiple(shape.head_size, 256) && within(shape.layers, 1, 128) &&
                         shape.tokens >= 1 && shape.tokens <= uint32_t{1} << 20;
  const bool has_heads = within(shape.kv_heads, 1, 128) && within(shape.heads, 1, 128) &&
                         shape.heads % shape.kv_heads == 0 &&
                         shape.heads * shape.head_size <= 16384;
  const bool has_context = within(shape.context, 16, 4096) && shape.sinks <= 8 &&
                           2 * shape.sinks < shape.context &&
                           within(shape.drop, 1, shape.context - shape.sinks - 1);
  if (!has_sizes || !has_heads || !has_context || !within(shape.rotations, 1, 2) ||
      shape.activation > Activation::kGelu) {
    return Status(Code::kModelDamaged, "the network's dimensions are out of range");
  }
  return OkStatus();
}

}  // namespace lmz
