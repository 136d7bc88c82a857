#include "codec/image/raster.h"

#include <algorithm>

namespace lmz::image {

Raster::Raster(size_t width, size_t height, size_t planes, int bits)
    : width_(width),
      height_(height),
      planes_(planes),
      bits_(bits),
      stride_(width + 2 * kMargin),
      rows_(height + kRowsAbove + kRowsBelow),
      samples_(planes * rows_ * stride_) {
  const auto half = static_cast<uint16_t>(1 << (bits - 1));
  for (size_t plane = 0; plane < planes; ++plane) {
    const auto first = samples_.begin() + static_cast<ptrdiff_t>(plane * rows_ * stride_);
    std::fill_n(first, kRowsAbove * stride_, half);
  }
}

void Raster::BeginRow(size_t plane, ptrdiff_t y) {
  uint16_t* const row = Row(plane, y);
  std::fill_n(row - kMargin, kMargin, Row(plane, y - 1)[0]);
}

void Raster::EndRow(size_t plane, ptrdiff_t y) {
  uint16_t* const row = Row(plane, y);
  std::fill_n(row + width_, kMargin, row[width_ - 1]);
  if (static_cast<size_t>(y) + 1 == height_) {
    std::copy_n(row - kMargin, stride_, Row(plane, y + 1) - kMargin);
  }
}

}  // namespace lmz::image
