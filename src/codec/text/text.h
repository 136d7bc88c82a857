// The `text` codec: a byte model's opinion and online context mixing decide each bit together.
// Format: spec.md.
#pragma once

#include "codec/codec.h"
#include "mix/profile.h"

namespace lmz {

class Predictor;

struct TextOptions {
  Profile profile = Profile::kText;
  const Predictor* model = nullptr;  // needed; outlives the coding
  uint8_t lanes = 0;                 // 1 .. 64; 0: by size
  uint8_t groups = 1;                // 1 .. 4; counts when lanes do
  bool is_wide = false;              // by size, but many lanes in all but short blocks
};

// Replaces `payload` with the code of `raw` under options.model; returns the coders' final state.
// Errors: kInvalidArgument without a model or with impossible lanes, kOutOfMemory, kCancelled.
Result<uint32_t> EncodeText(ByteSpan raw, const TextOptions& options,
                            const BlockResources& resources, Bytes& payload);

// Fills all of `raw` from `payload` and returns the coders' final state. Errors: kModelMissing when
// resources.models has no model as the payload names it, and what else it says of it; kTruncated
// when the payload ends before the last byte, kDamaged when some of it is left over or its lanes
// are impossible, kNewerVersion for an unknown profile or model number, kOutOfMemory, kCancelled.
Result<uint32_t> DecodeText(ByteSpan payload, const BlockResources& resources, MutableByteSpan raw);

uint64_t MaxRawSizeOfText(uint64_t payload_size);
uint64_t DecodeMemoryOfText(ByteSpan payload, uint64_t raw_size, const BlockResources& resources);

// What the payload says of its lanes and its model, whether `device` is worth it for so many such
// blocks.
bool SuitsDevice(ByteSpan payload, uint64_t blocks, Device& device,
                 const BlockResources& resources);

inline constexpr CodecRow<TextOptions> kTextCodec = {
    .id = CodecId{2},
    .name = "text",
    .encode = EncodeText,
    .decode = DecodeText,
    .max_raw_size = MaxRawSizeOfText,
    .decode_memory = DecodeMemoryOfText,
};

}  // namespace lmz
