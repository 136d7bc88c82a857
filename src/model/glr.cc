#include "model/glr.h"

namespace lmz {

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
