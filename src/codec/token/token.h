// The `token` codec: a model of tokens, online context mixing and, if there is one, a byte model
// decide each bit together. Format: spec.md.
#pragma once

#include "codec/codec.h"

namespace lmz {

class Predictor;
class TokenPredictor;

struct TokenOptions {
  const TokenPredictor* model = nullptr;  // needed; outlives the coding
  const Predictor* second = nullptr;      // of bytes; null: none. Outlives the coding
  uint8_t lanes = 0;                      // 1 .. 64; 0: by size
  bool is_wide = false;                   // by size, but many lanes in all but short blocks
};

// Replaces `payload` with the code of `raw` under the models of `options`; returns the coder's
// final state. Errors: kInvalidArgument without a model or with impossible lanes, kOutOfMemory,
// kCancelled.
Result<uint32_t> EncodeToken(ByteSpan raw, const TokenOptions& options,
                             const BlockResources& resources, Bytes& payload);

// Fills all of `raw` from `payload` and returns the coder's final state. Errors: kModelMissing when
// resources.models lacks a model that the payload names, and what else it says of it; kTruncated
// when the payload ends before the last byte; kDamaged when some of it is left over, its lanes are
// impossible, or it names a model of bytes for tokens or one of tokens for bytes; kNewerVersion for
// an unknown model number; kOutOfMemory, kCancelled.
Result<uint32_t> DecodeToken(ByteSpan payload, const BlockResources& resources,
                             MutableByteSpan raw);

uint64_t MaxRawSizeOfToken(uint64_t payload_size);
uint64_t DecodeMemoryOfToken(ByteSpan payload, uint64_t raw_size, const BlockResources& resources);

// As SuitsDevice (codec/text/text.h).
bool TokensSuitDevice(ByteSpan payload, uint64_t blocks, Device& device,
                      const BlockResources& resources);

// How many lanes an encoder chooses for a block: with `is_wide` as many as can be in all but short
// ones.
int LanesOfTokens(uint64_t raw_size, bool is_wide = false);

inline constexpr CodecRow<TokenOptions> kTokenCodec = {
    .id = CodecId{7},
    .name = "token",
    .encode = EncodeToken,
    .decode = DecodeToken,
    .max_raw_size = MaxRawSizeOfToken,
    .decode_memory = DecodeMemoryOfToken,
};

}  // namespace lmz
