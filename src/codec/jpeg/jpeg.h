// The `jpeg` codec: a JPEG file as its coefficients, predicted from their neighbours by context
// mixing, and the bytes around its scans, coded by `bytes`. Format: spec.md.
#pragma once

#include "codec/codec.h"
#include "codec/jpeg/model/strength.h"

namespace lmz {

struct JpegOptions {
  jpeg::Strength strength = jpeg::Strength::kFull;
};

// Replaces `payload` with the code of `raw`; what begins with no JPEG file that would come back the
// same goes to `bytes` as a whole. Returns the coders' final state. Errors: kCancelled,
// kOutOfMemory.
Result<uint32_t> EncodeJpeg(ByteSpan raw, const JpegOptions& options,
                            const BlockResources& resources, Bytes& payload);

// Fills all of `raw` from `payload` and returns the coders' final state. Errors: kTruncated when
// the payload ends too early, kDamaged when it breaks a rule or some of it is left over,
// kNewerVersion for an unknown kind or profile, kCancelled, kOutOfMemory.
Result<uint32_t> DecodeJpeg(ByteSpan payload, const BlockResources& resources, MutableByteSpan raw);

uint64_t MaxRawSizeOfJpeg(uint64_t payload_size);
uint64_t DecodeMemoryOfJpeg(ByteSpan payload, uint64_t raw_size, const BlockResources& resources);

inline constexpr CodecRow<JpegOptions> kJpegCodec = {
    .id = CodecId{9},
    .name = "jpeg",
    .encode = EncodeJpeg,
    .decode = DecodeJpeg,
    .max_raw_size = MaxRawSizeOfJpeg,
    .decode_memory = DecodeMemoryOfJpeg,
};

}  // namespace lmz
