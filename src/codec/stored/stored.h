// The `stored` codec: the payload is the raw bytes. Always a legal answer. Format: spec.md.
#pragma once

#include "codec/codec.h"

namespace lmz {

struct StoredOptions {};

// Copies `raw` to `payload`; the final state is 0.
Result<uint32_t> EncodeStored(ByteSpan raw, const StoredOptions& options,
                              const BlockResources& resources, Bytes& payload);

// Copies `payload` to `raw`; the final state is 0. Errors: kDamaged when the sizes differ.
Result<uint32_t> DecodeStored(ByteSpan payload, const BlockResources& resources,
                              MutableByteSpan raw);

inline constexpr CodecRow<StoredOptions> kStoredCodec = {
    .id = CodecId{0},
    .name = "stored",
    .encode = EncodeStored,
    .decode = DecodeStored,
    .max_raw_size = [](uint64_t payload_size) { return payload_size; },
    .decode_memory = [](ByteSpan, uint64_t, const BlockResources&) { return uint64_t{0}; },
};

}  // namespace lmz
