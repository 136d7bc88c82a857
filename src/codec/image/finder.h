// Finds files of uncompressed pixels: FindImage (layout.h) says which.
#pragma once

#include <optional>

#include "codec/finder.h"
#include "codec/image/layout.h"

namespace lmz {

// Rows that resemble each other, and few pixels that only repeat their neighbour.
extern const Finder kImageFinder;

// What of the image is left behind `size` bytes, relative to there; none when nothing is.
std::optional<ImageLayout> RowsBehind(const ImageLayout& layout, uint64_t size);

}  // namespace lmz
