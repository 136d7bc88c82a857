// The `text` codec: a byte model's opinion and online context mixing decide each bit together.
// Format: spec.md.
#pragma once

#include "codec/codec.h"

namespace lmz {

// Replaces `payload` with the code of `raw` under choice.model; returns the coders' final state.
// Errors: kInvalidArgument without a model or with impossible lanes, kOutOfMemory, kCancelled.
Result<uint32_t> EncodeText(ByteSpan raw, const BlockChoice& choice,
                            const BlockResources& resources, Bytes& payload);

// Fills all of `raw` from `payload` and returns the coders' final state. Errors: kModelMissing when
// the model that the payload names is neither built in nor among resources.models, or what
// resources.find_model says of it; kTruncated when
// the payload ends before the last byte, kDamaged when some of it is left over or its lanes are
// impossible, kNewerVersion for an unknown profile or model number, kOutOfMemory,
// kCancelled.
Result<uint32_t> DecodeText(ByteSpan payload, const BlockResources& resources, MutableByteSpan raw);

uint64_t MaxRawSizeOfText(uint64_t payload_size);
uint64_t DecodeMemoryOfText(uint64_t raw_size);

inline constexpr CodecRow kTextCodec = {
    .id = CodecId::kText,
    .name = "text",
    .encode = EncodeText,
    .decode = DecodeText,
    .max_raw_size = MaxRawSizeOfText,
    .decode_memory = DecodeMemoryOfText,
};

}  // namespace lmz
