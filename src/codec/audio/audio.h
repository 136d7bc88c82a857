// The `audio` codec: PCM samples by adaptive prediction, everything around them by the `bytes`
// codec. Format: spec.md.
#pragma once

#include "codec/audio/audio_layout.h"
#include "codec/codec.h"
#include "mix/profile.h"

namespace lmz {

struct AudioOptions {
  SampleLayout samples = {};         // without frames: as the file's header says
  Profile profile = Profile::kText;  // of what surrounds the samples
};

// Replaces `payload` with the code of `raw`, whose samples lie as options.samples says or, when
// that names none, as the header of an audio file at the beginning of `raw` does. A layout that
// does not fit into `raw` is as good as none: then all of it goes to the `bytes` codec. Returns the
// coder's final state. Errors: kOutOfMemory.
Result<uint32_t> EncodeAudio(ByteSpan raw, const AudioOptions& options,
                             const BlockResources& resources, Bytes& payload);

// Fills all of `raw` from `payload` and returns the coder's final state. Errors: kTruncated when
// the payload ends too early, kDamaged when its numbers cannot be or some of it is left over,
// kNewerVersion for an unknown format, kOutOfMemory.
Result<uint32_t> DecodeAudio(ByteSpan payload, const BlockResources& resources,
                             MutableByteSpan raw);

// Continues a sound of one channel, 8 bits a sample, unsigned: the first `given_size` of `samples`
// are given, those behind them are drawn as the decoder expects them, within the range of the given
// ones. The same arguments give the same samples on every machine. Returns how many random bits
// were taken. Errors: kInvalidArgument unless some samples are given, and some are not.
Result<uint64_t> SampleAudio(size_t given_size, uint64_t seed, MutableByteSpan samples);

uint64_t MaxRawSizeOfAudio(uint64_t payload_size);
uint64_t DecodeMemoryOfAudio(ByteSpan payload, uint64_t raw_size, const BlockResources& resources);

inline constexpr CodecRow<AudioOptions> kAudioCodec = {
    .id = CodecId{4},
    .name = "audio",
    .encode = EncodeAudio,
    .decode = DecodeAudio,
    .max_raw_size = MaxRawSizeOfAudio,
    .decode_memory = DecodeMemoryOfAudio,
};

}  // namespace lmz
