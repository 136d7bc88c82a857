#include "model/glr/weights.h"

namespace lmz {

uint64_t CountParameters(const GlrShape& shape) {
  const uint64_t width = shape.width, state = shape.state, hidden = shape.hidden;
  const uint64_t matrices = 4 * width * state + 2 * width * hidden;
  const uint64_t norms = 2 * width + state, mixes = 4 * width, biases = state;
  const uint64_t ends = 2 * kByteValues * width + width + kByteValues;  // embedding, norm, head
  return shape.layers * (matrices + norms + mixes + biases) + ends;
}

Status CheckShape(const GlrShape& shape) {
  const auto fits = [](int value, int high) {
    return value >= 16 && value <= high && value % 16 == 0;
  };
  if (!fits(shape.width, 4096) || !fits(shape.state, 4096) || !fits(shape.hidden, 16384) ||
      shape.layers < 1 || shape.layers > 64) {
    return Status(Code::kModelDamaged, "the network's dimensions are out of range");
  }
  return OkStatus();
}

}  // namespace lmz
