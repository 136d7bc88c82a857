// A model of tokens without the mixer, in the place of network_alone.h: every chunk is cut into the
// model's tokens and each is coded by its share of the weights, from an empty context, into an
// arithmetic-coded stream of its own. The streams are real, and each is decoded again; a decoder is
// told the size of the chunk.
#pragma once

#include <vector>

#include "base/bytes.h"
#include "model/token/token_predictor.h"

namespace lmz::bench {

// The codes of the chunks, in order. Errors: those of a session.
Result<std::vector<Bytes>> EncodeTokensAlone(const TokenPredictor& model,
                                             const std::vector<ByteSpan>& chunks, int threads);

// The chunks again, whose sizes are given. Errors: those of a session; kDamaged when a token goes
// beyond the end of its chunk.
Result<std::vector<Bytes>> DecodeTokensAlone(const TokenPredictor& model,
                                             const std::vector<Bytes>& codes,
                                             const std::vector<size_t>& sizes, int threads);

// The sizes of the codes once all were decoded and compared. Errors: kDamaged.
Result<std::vector<uint64_t>> VerifiedTokenSizesAlone(const TokenPredictor& model,
                                                      const std::vector<ByteSpan>& chunks,
                                                      int threads);

// An estimate of what Delétang et al. (2024) count for models of which they know no more than the
// `count` likeliest tokens of each step: these share all probability, and a token that is none of
// them has no code. It counts as its bytes here, and nothing tells a decoder that it comes. Bytes
// of all chunks together. Errors: those of a session.
Result<uint64_t> SizeOfLikeliest(const TokenPredictor& model, const std::vector<ByteSpan>& chunks,
                                 size_t count, int threads);

// Each byte without its lowest bit, moved down: 128 values, as the paper has them.
Bytes Halved(ByteSpan bytes);

}  // namespace lmz::bench
