// The indexes of frames, found from the end of the input, and single blocks behind them.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "base/random_access.h"
#include "base/stream.h"
#include "container/reader.h"

namespace lmz {

// The bytes [begin, end) of an input, one after the other. The input outlives this.
class WindowSource final : public Source {
 public:
  WindowSource(const RandomAccess& input, uint64_t begin, uint64_t end)
      : input_(input), position_(begin), end_(end) {}
  Result<size_t> Read(MutableByteSpan buffer) override;
  uint64_t PassOver(uint64_t size) override;

 private:
  const RandomAccess& input_;
  uint64_t position_;
  uint64_t end_;
};

// Where a block lies.
struct BlockPlace {
  uint64_t offset = 0;      // of its header in the input; of the frame when is_compact
  uint64_t number = 0;      // in its frame
  uint64_t coded_size = 0;  // header and payload
  uint64_t raw_size = 0;
  bool is_compact = false;
};

// The blocks, in order, and the offset of the full frame that ends at `end`, or in front of notes
// and padding there; none when there is nothing but notes. Errors: those of the input; kTruncated
// or kDamaged when something else ends there; kLimit when the list would take more than
// `memory_limit` bytes.
struct FrameIndex {
  // A block lies behind the one before it.
  struct Sizes {
    uint32_t coded = 0;  // header and payload
    uint32_t raw = 0;
  };
  uint64_t frame_offset = 0;
  uint64_t first_block = 0;  // offset of its header
  std::vector<Sizes> blocks;
};
Result<std::optional<FrameIndex>> ReadIndexBefore(const RandomAccess& input, uint64_t end,
                                                  uint64_t memory_limit);

// Reads the header of the block at `place` into `block`; `payload_offset` is where its payload
// begins. Errors: those of the input; kTruncated, kDamaged, kNewerVersion, also when it is not the
// block that `place` describes.
Status ReadBlockHeader(const RandomAccess& input, const BlockPlace& place, BlockRecord& block,
                       uint64_t& payload_offset);

}  // namespace lmz
