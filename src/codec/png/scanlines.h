// The five filters of PNG: each row of an image is stored as differences from what its neighbours
// let expect, in one of five ways that stands in front of it.
#pragma once

#include <cstdint>

#include "base/bytes.h"
#include "codec/watch.h"

namespace lmz::png {

// Of rows with a filter type in front of each. What follows the last whole row is kept as it is.
struct Scanlines {
  uint64_t row_size = 0;    // bytes of a row of the image, without a type
  uint32_t pixel_size = 0;  // bytes, 1 .. 8: the distance to the neighbour on the left
  // Of the image, when it is interlaced (adam7.h): then the rows are those of seven smaller images.
  uint64_t interlaced_height = 0;

  bool is_interlaced() const { return interlaced_height != 0; }
  // Rows of the image for data of this size.
  uint64_t Height(uint64_t data_size) const {
    return is_interlaced() ? interlaced_height : data_size / (row_size + 1);
  }
  // Filter types for data of this size.
  uint64_t Types(uint64_t data_size) const;
  uint64_t PixelsSize(uint64_t data_size) const { return Height(data_size) * row_size; }
  // Whether there is a row, and of an interlaced image all of them.
  bool Fits(uint64_t data_size) const;
};

// Appends the types of all rows to `types`, and their pixels in the order of the image, and what
// follows them, to `pixels`. False when there is a type that does not exist, or once the watch is
// stopped. `lines` fit the data.
bool Unfilter(const Scanlines& lines, ByteSpan data, Bytes& types, Bytes& pixels,
              const Watch& watch = Watch());

// The way back: appends each type and the row's differences to `data`, and what follows. `pixels`
// are as many bytes as Unfilter made together with so many types. False when there is a type that
// does not exist, or once the watch is stopped.
bool Filter(const Scanlines& lines, ByteSpan types, ByteSpan pixels, Bytes& data,
            const Watch& watch = Watch());

}  // namespace lmz::png
