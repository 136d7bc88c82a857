// What the integer engine makes of data: the judge of an exported model.
#pragma once

#include "base/bytes.h"
#include "model/network.h"

namespace lmz {

// The mean number of bits per byte that `network` needs for `lanes` stretches of `length` bytes,
// the first of each at i * stride in `data` (read as a ring), each from a fresh state.
double IntegerBits(const Network& network, ByteSpan data, int lanes, size_t stride, size_t length);

}  // namespace lmz
