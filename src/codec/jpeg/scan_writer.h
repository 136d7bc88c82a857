// Coefficients as the entropy-coded bytes of a scan, as the usual encoder makes them.
#pragma once

#include "codec/jpeg/picture.h"
#include "codec/watch.h"

namespace lmz::jpeg {

// Appends to `out` the bytes of a scan, without SOS; of its first `max_units` units, if that is not
// 0, those that are whole. Stops at the first restart or block behind which `out` is longer than
// `max_size` or `watch` is stopped. False when a symbol has no code or the bytes are too many.
bool WriteScan(const Frame& frame, const Scan& scan, uint64_t max_units, bool pads_ones,
               uint64_t max_size, const Watch& watch, Bytes& out);

}  // namespace lmz::jpeg
