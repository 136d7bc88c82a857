// The `parts` codec: a block of several parts, each coded by the codec that suits it. With the
// repeat filter in front, bytes of one part are copies of another's, whatever codec that has.
// Format: spec.md.
#pragma once

#include <span>

#include "codec/leaf_codecs.h"

namespace lmz {

struct Part {
  uint64_t size = 0;  // >= 1 bytes
  LeafOptions options;
};

struct PartsOptions {
  std::span<const Part> parts = {};  // all of the block, outlive the coding; none: one of `bytes`
};

// Appends a part of raw_size bytes that was coded as `code` to a payload.
void AppendPart(CodecId codec, uint64_t raw_size, ByteSpan code, Bytes& payload);

// Replaces `payload` with the code of `raw`, part by part; returns the exclusive or of the coders'
// final states. Errors: kInvalidArgument when the parts are not exactly `raw`; those of the codecs.
Result<uint32_t> EncodeParts(ByteSpan raw, const PartsOptions& options,
                             const BlockResources& resources, Bytes& payload);

// Fills all of `raw` from `payload`; returns the exclusive or of the coders' final states. Errors:
// kDamaged when the parts are not exactly `raw`, kNewerVersion for an unknown codec, kTruncated
// when the payload ends within a part; those of the codecs.
Result<uint32_t> DecodeParts(ByteSpan payload, const BlockResources& resources,
                             MutableByteSpan raw);

uint64_t MaxRawSizeOfParts(uint64_t payload_size);
uint64_t DecodeMemoryOfParts(ByteSpan payload, uint64_t raw_size, const BlockResources& resources);

inline constexpr CodecRow<PartsOptions> kPartsCodec = {
    .id = CodecId{6},
    .name = "parts",
    .encode = EncodeParts,
    .decode = DecodeParts,
    .max_raw_size = MaxRawSizeOfParts,
    .decode_memory = DecodeMemoryOfParts,
};

}  // namespace lmz
