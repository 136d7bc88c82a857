// The samples of an image by planes, with margins: what a predictor may look at beyond the edges.
//
// A plane is coded row by row. Margins are made from samples that are known by then, the same for
// encoder and decoder: left of a row stands the first sample of the row above, right of it its own
// last one, above the first row half of the range, below the last row that row once more.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace lmz::image {

class Raster {
 public:
  static constexpr int kMargin = 8;  // samples on each side of a row
  static constexpr int kRowsAbove = 3;
  static constexpr int kRowsBelow = 1;

  // For width x height pixels of `planes` samples of 8 to 16 bits, all 0.
  Raster(size_t width, size_t height, size_t planes, int bits);

  // Bytes that an object holds.
  static uint64_t MemoryFor(uint64_t width, uint64_t height, uint64_t planes) {
    return planes * (height + kRowsAbove + kRowsBelow) * (width + 2 * kMargin) * sizeof(uint16_t);
  }

  size_t width() const { return width_; }
  size_t height() const { return height_; }
  size_t planes() const { return planes_; }
  int bits() const { return bits_; }

  // The first sample of row y, -kRowsAbove .. height - 1 + kRowsBelow; kMargin samples more may be
  // read on each side.
  uint16_t* Row(size_t plane, ptrdiff_t y) { return &samples_[At(plane, y)]; }
  const uint16_t* Row(size_t plane, ptrdiff_t y) const { return &samples_[At(plane, y)]; }

  // Makes the left margin of row y, whose samples are about to be coded.
  void BeginRow(size_t plane, ptrdiff_t y);
  // Makes the right margin of row y, whose samples are now known, and after the last one the row
  // below.
  void EndRow(size_t plane, ptrdiff_t y);

 private:
  size_t At(size_t plane, ptrdiff_t y) const {
    return (plane * rows_ + static_cast<size_t>(y + kRowsAbove)) * stride_ + kMargin;
  }

  size_t width_;
  size_t height_;
  size_t planes_;
  int bits_;
  size_t stride_;
  size_t rows_;  // of a plane, with those above and below
  std::vector<uint16_t> samples_;
};

}  // namespace lmz::image
