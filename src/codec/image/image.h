// The `image` codec: rows of pixels by local least squares and context mixing, what surrounds them
// by `bytes`. Format: spec.md.
#pragma once

#include "codec/codec.h"
#include "codec/image/layout.h"
#include "mix/profile.h"

namespace lmz {

struct ImageOptions {
  ImageLayout layout = {};           // without a width: as FindImage sees it
  Profile profile = Profile::kText;  // of what surrounds the pixels
};

// Replaces `payload` with the code of `raw`, whose layout is options.layout or, when that has no
// width, what FindImage sees in `raw`; without pixels the whole of it goes to `bytes`. Returns the
// coders' final state. Errors: kInvalidArgument when options.layout does not fit; kOutOfMemory.
Result<uint32_t> EncodeImage(ByteSpan raw, const ImageOptions& options,
                             const BlockResources& resources, Bytes& payload);

// Fills all of `raw` from `payload` and returns the coders' final state. Errors: kTruncated when
// the payload ends before the last sample, kDamaged when it breaks a rule or some of it is left
// over, kNewerVersion for an unknown profile, kOutOfMemory.
Result<uint32_t> DecodeImage(ByteSpan payload, const BlockResources& resources,
                             MutableByteSpan raw);

// Continues a gray picture, 8 bits a pixel, in rows of `width` pixels, 1 .. ImageLayout::kMaxWidth:
// the first `given_rows` of `pixels` are given, those behind them are drawn as the decoder expects
// them. The same arguments give the same pixels on every machine. Returns how many random bits were
// taken. Errors: kInvalidArgument unless `pixels` are whole rows, more than are given.
Result<uint64_t> SampleImage(uint32_t width, uint32_t given_rows, uint64_t seed,
                             MutableByteSpan pixels);

uint64_t MaxRawSizeOfImage(uint64_t payload_size);
uint64_t DecodeMemoryOfImage(ByteSpan payload, uint64_t raw_size, const BlockResources& resources);

inline constexpr CodecRow<ImageOptions> kImageCodec = {
    .id = CodecId{3},
    .name = "image",
    .encode = EncodeImage,
    .decode = DecodeImage,
    .max_raw_size = MaxRawSizeOfImage,
    .decode_memory = DecodeMemoryOfImage,
};

}  // namespace lmz
