// The network without the mixer, as Delétang et al. 2024 use theirs: every chunk from a fresh state
// into an arithmetic-coded stream of its own. The streams are real: integers decide every bit, with
// the project's own network and coder, and each is decoded again. They hold nothing but the code; a
// decoder is told the size of the chunk.
#pragma once

#include <functional>
#include <string>
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

// The sizes of `codes` once decode(codes, the sizes of the chunks) has returned the chunks; `name`
// is that of the network. Errors: those of `decode`; kDamaged.
Result<std::vector<uint64_t>> VerifiedSizes(
    const std::string& name, const std::vector<ByteSpan>& chunks, const std::vector<Bytes>& codes,
    const std::function<Result<std::vector<Bytes>>(const std::vector<Bytes>&,
                                                   const std::vector<size_t>&)>& decode);

// The sizes of the codes once all were decoded and compared. Errors: kDamaged.
Result<std::vector<uint64_t>> VerifiedSizesAlone(const Predictor& model,
                                                 const std::vector<ByteSpan>& chunks, int threads);

}  // namespace lmz::bench
