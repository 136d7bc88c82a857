// The `png` codec: a PNG file as its pixels and what else it takes to make the same file again.
// Format: spec.md.
#pragma once

#include "codec/codec.h"
#include "mix/profile.h"

namespace lmz {

struct PngOptions {
  Profile profile = Profile::kText;  // of what surrounds the pixels
};

// Replaces `payload` with the code of `raw`, which begins with a PNG file; where it does not, or
// the file is malformed, damaged or no smaller this way, all of it goes to `bytes`. Returns the
// coders' final state. Errors: kCancelled, kOutOfMemory.
Result<uint32_t> EncodePng(ByteSpan raw, const PngOptions& options, const BlockResources& resources,
                           Bytes& payload);

// Fills all of `raw` from `payload` and returns the coders' final state. Errors: kTruncated when
// the payload ends too early, kDamaged when it breaks a rule or some of it is left over,
// kNewerVersion for an unknown kind or profile, kCancelled, kOutOfMemory.
Result<uint32_t> DecodePng(ByteSpan payload, const BlockResources& resources, MutableByteSpan raw);

uint64_t MaxRawSizeOfPng(uint64_t payload_size);
uint64_t DecodeMemoryOfPng(ByteSpan payload, uint64_t raw_size, const BlockResources& resources);

inline constexpr CodecRow<PngOptions> kPngCodec = {
    .id = CodecId{5},
    .name = "png",
    .encode = EncodePng,
    .decode = DecodePng,
    .max_raw_size = MaxRawSizeOfPng,
    .decode_memory = DecodeMemoryOfPng,
};

}  // namespace lmz
