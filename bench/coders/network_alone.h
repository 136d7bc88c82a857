// The network without the mixer, as Delétang et al. 2024 use theirs: every chunk from a fresh state
// into an arithmetic-coded stream of its own. The streams are real: integers decide every bit, with
// the project's own network and coder, and each is decoded again. They hold nothing but the code; a
// decoder is told the size of the chunk.
#pragma once

#include <vector>

#include "base/bytes.h"
#include "model/network.h"

namespace lmz::bench {

// The codes of the chunks, in order. Many chunks are lanes of one step of the network; how many
// does not show in the codes.
std::vector<Bytes> EncodeAlone(const Network& network, const std::vector<ByteSpan>& chunks,
                               int threads);

// The chunks again, whose sizes are given.
std::vector<Bytes> DecodeAlone(const Network& network, const std::vector<Bytes>& codes,
                               const std::vector<size_t>& sizes, int threads);

// The sizes of the codes once all were decoded and compared. Errors: kDamaged.
Result<std::vector<uint64_t>> VerifiedSizesAlone(const Network& network,
                                                 const std::vector<ByteSpan>& chunks, int threads);

}  // namespace lmz::bench
