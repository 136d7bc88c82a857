// Reversible transforms in front of the codecs. Bits and order: codec/block.h.
#pragma once

#include <span>

#include "base/bytes.h"
#include "codec/watch.h"

namespace lmz {

struct FilterRow {
  uint8_t bit;
  const char* name;
  // Its output has at most as many bytes as its input times this and a few bytes
  // for its header: with the block header that bounds a decoder's memory. What would be longer is
  // not used (codec/block.cc).
  uint8_t max_growth;
  // Replaces `out` with the transform of `in` (not empty). False: nothing to gain, or the watch was
  // stopped; `out` is unspecified and the block is coded without this filter.
  bool (*forward)(ByteSpan in, const Watch& watch, Bytes& out);
  // The size that `inverse` will produce is read from `in` and must be at most `max_size`.
  // Replaces `out`. Errors: kDamaged when `in` was not made by `forward`, kCancelled when the watch
  // was stopped. Memory is bounded by max_size, time by in.size() + max_size.
  Status (*inverse)(ByteSpan in, uint64_t max_size, const Watch& watch, Bytes& out);
};

// All filters in the order in which the encoder applies them. Static storage.
std::span<const FilterRow> AllFilters();

}  // namespace lmz
