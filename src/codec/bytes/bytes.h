// The `bytes` codec: online context mixing without a neural model. Format: spec.md.
#pragma once

#include "codec/codec.h"
#include "mix/profile.h"

namespace lmz {

struct BytesOptions {
  Profile profile = Profile::kText;
  RecordShape shape = {};  // of the profile kRecords
};

// Replaces `payload` with the profile and the coded bits of `raw`; returns the coder's final state.
// Errors: kInvalidArgument for records without a valid shape; kOutOfMemory.
Result<uint32_t> EncodeBytes(ByteSpan raw, const BytesOptions& options,
                             const BlockResources& resources, Bytes& payload);

// Fills all of `raw` from `payload` and returns the coder's final state. Errors: kTruncated when
// the payload ends before the last byte, kDamaged when some of it is left over or its records have
// no shape, kNewerVersion for an unknown profile, kOutOfMemory.
Result<uint32_t> DecodeBytes(ByteSpan payload, const BlockResources& resources,
                             MutableByteSpan raw);

uint64_t MaxRawSizeOfBytes(uint64_t payload_size);

// Whatever the payload: also for other codecs that leave `raw_size` bytes to this one.
uint64_t MemoryOfBytes(uint64_t raw_size);

inline constexpr CodecRow<BytesOptions> kBytesCodec = {
    .id = CodecId{1},
    .name = "bytes",
    .encode = EncodeBytes,
    .decode = DecodeBytes,
    .max_raw_size = MaxRawSizeOfBytes,
    .decode_memory = [](ByteSpan, uint64_t raw_size,
                        const BlockResources&) { return MemoryOfBytes(raw_size); },
};

}  // namespace lmz
