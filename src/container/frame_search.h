// Finding the structure of a file where it is damaged: what headers, each with its own check, stand
// at a given place.
#pragma once

#include <optional>
#include <vector>

#include "container/index.h"
#include "container/layout.h"

namespace lmz {

class FrameSearch {
 public:
  // `input` outlives this.
  explicit FrameSearch(const RandomAccess& input) : input_(input) {}

  // What follows asks for something at `offset`: nothing when it is not there whole, with a check
  // that agrees. Errors: those of the input.

  struct FoundFrame {
    bool is_compact = false;
    bool is_note = false;
    uint64_t end = 0;        // behind its header; behind all of it for a note
    BlockRecord block = {};  // of a compact frame that is not empty; else raw_size is 0
  };
  Result<std::optional<FoundFrame>> FrameAt(uint64_t offset);

  struct FoundBlock {
    BlockRecord block;
    uint64_t payload_offset = 0;
  };
  // One of the blocks `first` to `first + count - 1` of a full frame.
  Result<std::optional<FoundBlock>> BlockAt(uint64_t offset, uint64_t first, uint64_t count);

  struct FoundIndex {
    uint64_t offset = 0;  // of its end mark
    uint64_t end = 0;     // of the frame
    uint64_t frame_header_size = 0;
    std::vector<IndexEntry> entries;
    // Of the frame, if nothing was lost or inserted in it; UINT64_MAX where that is impossible.
    uint64_t frame_offset() const;
  };
  // Takes memory as its entries do, no more than `limit` of them.
  Result<std::optional<FoundIndex>> IndexAt(uint64_t offset, uint64_t limit);

  // The first index behind `offset`.
  Result<std::optional<FoundIndex>> NextIndex(uint64_t offset, uint64_t limit);

 private:
  // Up to `size` (<= kPageSize) bytes from `offset` on; fewer only at the end of the input.
  Result<ByteSpan> Look(uint64_t offset, size_t size);

  static constexpr size_t kPageSize = size_t{1} << 16;

  const RandomAccess& input_;
  Bytes page_;
  uint64_t page_offset_ = 0;
};

}  // namespace lmz
