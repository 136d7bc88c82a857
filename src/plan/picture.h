// Images among other bytes: where they are and how they are cut into blocks.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "codec/image/layout.h"
#include "plan/plan.h"

namespace lmz {

struct Picture {
  uint64_t begin = 0;     // of its file header
  ImageLayout layout;     // relative to `begin`
  uint64_t png_size = 0;  // of a PNG file, which has no layout; otherwise 0
};

// Looks for images worth blocks of their own: whole PNG files; rows that resemble each other, and
// few pixels that only repeat their neighbour. Gives up where headers that lead nowhere are too
// many, so that the time stays linear. `input` outlives the search.
class PictureSearch {
 public:
  // For blocks of at most `max_size` bytes.
  PictureSearch(ByteSpan input, uint64_t max_size);

  // The first image in input[from ..). Its last rows may lie behind the input.
  std::optional<Picture> Next(uint64_t from);

 private:
  std::optional<Picture> At(uint64_t begin, bool is_inner);
  std::optional<Picture> PngAt(uint64_t begin, bool is_inner);

  ByteSpan input_;
  uint64_t max_size_;
  uint64_t patience_;
};

// Adds the blocks of the image at `begin`, as far as it lies in the input. The last block takes a
// short rest of the input along. Returns where the last block ends.
uint64_t PlanPicture(const ImageLayout& layout, uint64_t begin, uint64_t input_size,
                     uint64_t max_size, std::vector<BlockPlan>& plan);

// Adds the block of a PNG file. It takes a short rest of the input along. Returns where it ends.
uint64_t PlanPng(const Picture& picture, uint64_t input_size, uint64_t max_size,
                 std::vector<BlockPlan>& plan);

// What of the image is left behind `size` bytes, relative to there; none when nothing is.
std::optional<ImageLayout> RowsBehind(const ImageLayout& layout, uint64_t size);

}  // namespace lmz
