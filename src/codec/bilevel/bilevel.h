// The `bilevel` codec: rows of pixels of one bit, such as faxes and bitmaps. Format: spec.md.
#pragma once

#include "codec/codec.h"

namespace lmz {

struct BilevelOptions {
  uint32_t width = 256;          // pixels in a row, bilevel::kMinWidth .. kMaxWidth
  bool is_lowest_first = false;  // the first pixel of a byte is its lowest bit
};

// Replaces `payload` with the width and the coded pixels of `raw`; returns the coder's final state.
// Errors: kInvalidArgument for a width out of range; kCancelled, kOutOfMemory.
Result<uint32_t> EncodeBilevel(ByteSpan raw, const BilevelOptions& options,
                               const BlockResources& resources, Bytes& payload);

// Fills all of `raw` from `payload` and returns the coder's final state. Errors: kTruncated when
// the payload ends before the last pixel, kDamaged when it breaks a rule or some of it is left
// over; kCancelled, kOutOfMemory.
Result<uint32_t> DecodeBilevel(ByteSpan payload, const BlockResources& resources,
                               MutableByteSpan raw);

uint64_t MaxRawSizeOfBilevel(uint64_t payload_size);
uint64_t DecodeMemoryOfBilevel(ByteSpan payload, uint64_t raw_size,
                               const BlockResources& resources);

inline constexpr CodecRow<BilevelOptions> kBilevelCodec = {
    .id = CodecId{10},
    .name = "bilevel",
    .encode = EncodeBilevel,
    .decode = DecodeBilevel,
    .max_raw_size = MaxRawSizeOfBilevel,
    .decode_memory = DecodeMemoryOfBilevel,
};

}  // namespace lmz
