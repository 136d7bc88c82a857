// Decodes a file to see where its bits went.
#pragma once

#include <memory>

#include "stream/compress.h"
#include "stream/explain/explanation.h"

namespace lmz {

// Content that is explained has at most so many bytes: each takes dozens in memory and in a page.
inline constexpr uint64_t kMaxExplainedSize = uint64_t{8} << 20;

// How many bytes a page may have for content of `raw_size` bytes, and how many of them are for the
// page itself.
inline constexpr uint64_t kPageBytesPerByte = 30;
inline constexpr uint64_t kPageAllowance = uint64_t{1} << 20;
inline constexpr uint64_t kPageItself = uint64_t{1} << 18;

// Whether `content` begins as files of lmz do.
bool IsCompressed(ByteSpan content);

// The lmz file `coded`, decoded with `models` (null: those that are installed). Errors: as
// Decompress; kLimit above kMaxExplainedSize. Uses one thread.
Result<Explanation> Explain(ByteSpan coded, const std::shared_ptr<const ModelLibrary>& models);

// The same of what Compress makes of `raw`, with the contests of the planner. `options` but for
// the observer.
Result<Explanation> ExplainCompressed(ByteSpan raw, CompressOptions options,
                                      const std::shared_ptr<const ModelLibrary>& models);

}  // namespace lmz
