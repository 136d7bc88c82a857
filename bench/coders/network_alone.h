// The network without the mixer, as Delétang et al. 2024 use theirs: every chunk from a fresh state
// into an arithmetic-coded stream of its own. The streams are real: integers decide every bit, with
// the project's own network and coder, and each is decoded again. They hold nothing but the code; a
// decoder is told the size of the chunk.
#pragma once

#include <vector>

#include "base/bytes.h"
#include "model/predictor.h"

namespace lmz::bench {

// The codes of the chunks, in order. Many chunks are lanes of one step of the model; how many does
// not show in the codes. Errors: those of a session.
Result<std::vector<Bytes>> EncodeAlone(const Predictor& model, const std::vector<ByteSpan>& chunks,
                                       int threads);

// The chunks again, whose sizes are given. Errors: those of a session.
Result<std::vector<Bytes>> DecodeAlone(const Predictor& model, const std::vector<Bytes>& codes,
                                       const std::vector<size_t>& sizes, int threads);

// The sizes of the codes once all were decoded and compared. Errors: kDamaged.
Result<std::vector<uint64_t>> VerifiedSizesAlone(const Predictor& model,
                                                 const std::vector<ByteSpan>& chunks, int threads);

}  // namespace lmz::bench
