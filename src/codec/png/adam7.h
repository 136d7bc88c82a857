// The seven small images that an interlaced PNG file consists of: each has every pixel of the image
// that is so many columns and rows from its first one.
#pragma once

#include <array>
#include <cstdint>

namespace lmz::png {

struct Adam7Pass {
  uint8_t column;  // of the first pixel
  uint8_t row;
  uint8_t column_step;
  uint8_t row_step;

  uint64_t Columns(uint64_t width) const {
    return (width + column_step - 1 - column) / column_step;
  }
  uint64_t Rows(uint64_t height) const { return (height + row_step - 1 - row) / row_step; }
};

inline constexpr std::array<Adam7Pass, 7> kAdam7 = {{{0, 0, 8, 8},
                                                     {4, 0, 8, 8},
                                                     {0, 4, 4, 8},
                                                     {2, 0, 4, 4},
                                                     {0, 2, 2, 4},
                                                     {1, 0, 2, 2},
                                                     {0, 1, 1, 2}}};

}  // namespace lmz::png
