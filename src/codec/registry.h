// The registry of codecs. A row of kLeafCodecs (codec/leaf_codecs.h) is the whole cost of a new one
// outside its folder: the type of a block's options and all lists of codecs follow from it.
#pragma once

#include <span>
#include <tuple>
#include <variant>

#include "codec/codec.h"
#include "codec/leaf_codecs.h"
#include "codec/parts/parts.h"

namespace lmz {

// Those that code bytes on their own by ascending id, then `parts`.
inline constexpr auto kCodecs = std::tuple_cat(kLeafCodecs, std::tuple{kPartsCodec});

// The options of one of the codecs, in the order of kCodecs.
using CodecOptions = decltype(OptionsOf(kCodecs));

// Any codec: its row, whatever the type of its options.
struct AnyCodec {
  CodecId id;
  const char* name;
  // As CodecRow::encode. `options` are this codec's.
  Result<uint32_t> (*encode)(ByteSpan raw, const CodecOptions& options,
                             const BlockResources& resources, Bytes& payload);
  // As in CodecRow.
  Result<uint32_t> (*decode)(ByteSpan payload, const BlockResources& resources,
                             MutableByteSpan raw);
  uint64_t (*max_raw_size)(uint64_t payload_size);
  uint64_t (*decode_memory)(ByteSpan payload, uint64_t raw_size, const BlockResources& resources);
};

// All codecs in the order of kCodecs. Static storage.
std::span<const AnyCodec> AllCodecs();

// Null when no codec has this id.
const AnyCodec* FindCodec(CodecId id);

// The codec whose options these are.
inline const AnyCodec& CodecOf(const CodecOptions& options) {
  return AllCodecs()[options.index()];
}

}  // namespace lmz
