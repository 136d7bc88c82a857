// Parts of a content, decoded through the indexes of its frames.
#pragma once

#include <deque>

#include "container/index.h"
#include "stream/compress.h"

namespace lmz {

class RangeReader {
 public:
  // Finds the blocks of all frames of `input`, which outlives this: from the indexes at their ends;
  // where a frame has none, from all headers, from the first one on. options.output_limit does not
  // count; options.memory_limit holds for the list of blocks, too. Errors: those of the input,
  // kNotLmz, kTruncated, kDamaged, kNewerVersion, kLimit, kOutOfMemory.
  static Result<RangeReader> Open(const RandomAccess& input, DecompressOptions options);

  // Bytes of the whole content, as the indexes say.
  uint64_t content_size() const { return content_size_; }

  struct Block {
    BlockPlace place;
    uint64_t content_offset = 0;
  };

  // The blocks, in the order of the content; `index` < block_count().
  size_t block_count() const { return blocks_.size(); }
  Block block(size_t index) const;

  // Fills `buffer` from the content's byte `offset` on and returns how many bytes it wrote: less
  // than asked only at the end of the content. Keeps the last block that it decoded. Errors: as
  // Decompress. Not thread-safe.
  Result<size_t> Read(uint64_t offset, MutableByteSpan buffer);

 private:
  // A block, in few bytes: a file may have millions of them.
  struct Entry {
    uint64_t offset;
    uint64_t content_offset;
    uint32_t number;
    uint32_t coded_size : 31;
    uint32_t is_compact : 1;
  };

  RangeReader(const RandomAccess& input, DecompressOptions options)
      : input_(&input), options_(std::move(options)) {}

  Status FindBlocks();
  Status FindBlocksFromEnd();
  Status FindBlocksFromStart();
  Status Append(const BlockPlace& place);
  Status AppendFrame(const FrameIndex& frame);
  Status Decode(const Block& block);

  const RandomAccess* input_;
  DecompressOptions options_;
  std::deque<Entry> blocks_;  // which grows without being copied
  uint64_t content_size_ = 0;
  std::optional<uint64_t> decoded_offset_;  // in the content, of decoded_
  Bytes decoded_;
};

}  // namespace lmz
