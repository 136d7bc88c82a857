// The planner's eye: what a patch of a block looks like.
#pragma once

#include <cstddef>

#include "base/bytes.h"
#include "plan/content.h"

namespace lmz {

// The planner decides for patches of this size; statistics of 256 counters are steady at it, and a
// stretch worth a block of its own holds several.
inline constexpr size_t kPatchSize = size_t{1} << 16;

// In what form a patch holds its text, if it holds text.
enum class TextEncoding : uint8_t {
  kUtf8,      // or ASCII
  kExtended,  // another encoding in which ASCII is ASCII: Windows-1252, Shift-JIS ...
  kForeign,   // one in which it is not: UTF-16, EBCDIC ...
};

struct PatchLook {
  Content content = Content::kBinary;
  TextEncoding encoding = TextEncoding::kUtf8;
};

// What block[begin, end) looks like: 1 .. kPatchSize bytes of at most kMaxBlockRawSize. The rest
// of the block only tells which branch targets are plausible. Thread-safe.
PatchLook ClassifyPatch(ByteSpan block, size_t begin, size_t end);

// What `bytes` (any size) looks like as a whole. Integer arithmetic only; deterministic.
Content Classify(ByteSpan bytes);

}  // namespace lmz
