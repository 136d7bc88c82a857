// The codec registry: one row is the whole cost of a new codec.
#pragma once

#include <cstdint>
#include <span>

#include "base/bytes.h"
#include "codec/block.h"

namespace lmz {

struct CodecRow {
  CodecId id;
  const char* name;  // lower case, for lists and messages
  // Replaces `payload` with the code of `raw` (not empty). Returns the coder's final state.
  Result<uint32_t> (*encode)(ByteSpan raw, const BlockChoice& choice,
                             const BlockResources& resources, Bytes& payload);
  // Fills all of `raw` from `payload` and returns the coder's final state.
  Result<uint32_t> (*decode)(ByteSpan payload, const BlockResources& resources,
                             MutableByteSpan raw);
  // No legal payload of `payload_size` bytes stands for more than this many bytes.
  uint64_t (*max_raw_size)(uint64_t payload_size);
  // Upper bound of what `decode` allocates for a block of `raw_size` bytes.
  uint64_t (*decode_memory)(uint64_t raw_size);
};

// All codecs by ascending id. Static storage.
std::span<const CodecRow> AllCodecs();

// Null when no codec has this id.
const CodecRow* FindCodec(CodecId id);

}  // namespace lmz
