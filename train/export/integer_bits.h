// What the integer engine makes of data: the judge of an exported model.
#pragma once

#include "base/bytes.h"
#include "model/predictor.h"

namespace lmz::train {

// The mean number of bits per byte that `model` needs for `lanes` stretches of `length` bytes,
// the first of each at i * stride in `data` (read as a ring), each from a fresh state. Errors:
// those of a session.
Result<double> IntegerBits(const Predictor& model, ByteSpan data, int lanes, size_t stride,
                           size_t length);

}  // namespace lmz::train
