// A JPEG file within the metadata of another one.
#pragma once

#include "base/bytes.h"

namespace lmz::jpeg {

// A segment holds no larger one.
inline constexpr uint64_t kMaxThumbnailSize = uint64_t{1} << 16;

struct Thumbnail {
  uint64_t begin = 0;  // in the bytes around the scans
  uint64_t size = 0;   // 0: there is none
};

// Takes the first thumbnail that is worth it and ends before `end` out of the bytes around the
// scans, and appends it to `out`.
Thumbnail TakeThumbnail(size_t end, Bytes& around, Bytes& out);

}  // namespace lmz::jpeg
