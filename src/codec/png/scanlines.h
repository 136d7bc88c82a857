// The five filters of PNG: each row of an image is stored as differences from what its neighbours
// let expect, in one of five ways that stands in front of it.
#pragma once

#include "base/bytes.h"
#include "codec/watch.h"

namespace lmz::png {

// Of rows with a filter type in front of each.
struct Scanlines {
  uint64_t row_size = 0;    // bytes without the type, >= 1
  uint32_t pixel_size = 0;  // bytes, 1 .. 8: the distance to the neighbour on the left

  uint64_t Rows(uint64_t data_size) const { return data_size / (row_size + 1); }
  // Whether the data is whole rows.
  bool Fits(uint64_t data_size) const {
    return row_size != 0 && data_size != 0 && data_size % (row_size + 1) == 0;
  }
};

// Appends the types of all rows to `types` and their pixels to `pixels`. False when there is a type
// that does not exist, or once the watch is stopped.
bool Unfilter(const Scanlines& lines, ByteSpan data, Bytes& types, Bytes& pixels,
              const Watch& watch = Watch());

// The way back: appends each type and the row's differences to `data`. `pixels` holds as many rows
// as there are types. False when there is a type that does not exist, or once the watch is stopped.
bool Filter(const Scanlines& lines, ByteSpan types, ByteSpan pixels, Bytes& data,
            const Watch& watch = Watch());

}  // namespace lmz::png
