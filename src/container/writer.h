// Writes frames (docs/spec/container.md).
#pragma once

#include <cstdint>
#include <optional>

#include "base/stream.h"
#include "codec/block.h"
#include "container/layout.h"

namespace lmz {

// Writes one full frame: Begin, WriteBlock for each block in order, End. The sink outlives it.
class FrameWriter {
 public:
  explicit FrameWriter(Sink& sink) : sink_(sink) {}

  // `content_size`: the sum of the raw sizes to come, when it is known.
  Status Begin(std::optional<uint64_t> content_size);
  // `payload` is header.payload_size bytes.
  Status WriteBlock(const BlockHeader& header, ByteSpan payload);
  // Writes the end mark and the index. Errors: those of the sink; kInvalidArgument when there are
  // more blocks than an index of 4 GiB can name.
  Status End();

  // Bytes written so far.
  uint64_t coded_size() const { return coded_size_; }

 private:
  Status Write(ByteSpan bytes);

  Sink& sink_;
  uint64_t coded_size_ = 0;
  uint64_t frame_header_size_ = 0;
  uint64_t block_count_ = 0;
  ContentCheck content_check_;
  Bytes index_entries_;
};

// The bytes that a block adds to a full frame: header, payload and index entry.
uint64_t FullFrameCost(const BlockHeader& header);

// Whether `bytes`, without the zeros at their end, end in one of the magics that full frames and
// notes end in. A compact frame must not, since who reads from behind would take it for another.
bool EndsInMagic(ByteSpan bytes);

// Appends a compact frame for `raw` (below kCompactRawLimit bytes), which EncodeBlock coded as
// `header` and `payload`; for an empty `raw` a default header and no payload.
void AppendCompactFrame(const BlockHeader& header, ByteSpan payload, ByteSpan raw, Bytes& out);

// The bytes of a compact frame in front of its payload.
Bytes CompactFrameStart(const BlockHeader& header, uint32_t check);

// The check of a compact frame: the low 32 bits of XXH3-64 over its header and `raw`.
uint32_t CompactCheck(const BlockHeader& header, ByteSpan raw);

}  // namespace lmz
