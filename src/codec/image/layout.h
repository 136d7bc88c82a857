// Where the pixels of an image stand in a range of bytes.
#pragma once

#include <cstdint>
#include <optional>

#include "base/bytes.h"

namespace lmz {

// Rows of pixels, each row `row_padding` bytes after the one before; a pixel has `channels` samples
// one after the other. width == 0: there are no pixels.
struct ImageLayout {
  static constexpr uint32_t kMinWidth = 16;
  static constexpr uint32_t kMaxWidth = 1 << 15;
  static constexpr uint32_t kMaxHeight = 1 << 28;
  static constexpr uint32_t kMaxPadding = 1 << 16;
  static constexpr uint64_t kMaxOffset = uint64_t{1} << 32;

  uint64_t offset = 0;  // of the first pixel
  uint32_t width = 0;
  uint32_t height = 0;
  uint32_t row_padding = 0;   // bytes
  uint32_t channels = 1;      // 1 .. 4
  uint32_t sample_bytes = 1;  // 1 or 2
  bool is_big_endian = false;
  // The planes follow each other: all rows of the first channel, all of the second, ...
  bool is_planar = false;

  uint64_t pixel_size() const { return uint64_t{is_planar ? 1 : channels} * sample_bytes; }
  uint64_t rows() const { return uint64_t{height} * (is_planar ? channels : 1); }
  uint64_t pixel_row_size() const { return width * pixel_size(); }
  uint64_t row_size() const { return pixel_row_size() + row_padding; }
  uint64_t samples() const { return uint64_t{width} * height * channels; }
  // Behind the last row and its padding.
  uint64_t end() const { return offset + rows() * row_size(); }

  // The same as if it were gray, with the planes below each other, when it is planar.
  ImageLayout Stacked() const;

  // Whether the fields are within their bounds. The sums above are exact for such a layout.
  bool IsValid() const;

  // Whether it is valid and everything lies within `size` bytes.
  bool Fits(uint64_t size) const;

  // The same with as many rows as lie whole within `size` bytes; without a width when there is none
  // or the layout is not valid. Planes that are not all there are stacked.
  ImageLayout Within(uint64_t size) const;
};

// The layout of the image file that `bytes` begins with: PGM, PPM or PAM in binary, BMP, TGA or
// TIFF without compression, of 8 or 16 bits a sample, without a palette. It is valid, but may
// promise more rows than `bytes` has. None for anything else. Reads only headers; thread-safe.
std::optional<ImageLayout> FindImage(ByteSpan bytes);

}  // namespace lmz
