// The planner's eye: what a window of a block looks like.
#pragma once

#include <cstddef>

#include "base/bytes.h"
#include "plan/plan.h"

namespace lmz {

// The planner decides for windows of this size; statistics of 256 counters are steady at it, and a
// stretch worth a block of its own holds several.
inline constexpr size_t kWindowSize = size_t{1} << 16;

// What block[begin, end) looks like: 1 .. kWindowSize bytes of at most kMaxBlockRawSize. The rest
// of the block only tells which branch targets are plausible. Thread-safe.
Content ClassifyWindow(ByteSpan block, size_t begin, size_t end);

}  // namespace lmz
