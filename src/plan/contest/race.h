// What coding half of a block tells of the whole: contestants that cost less than the block are
// compared by it, and one that is coding the block is stopped where it falls behind.
#pragma once

#include <optional>

#include "codec/text/layout.h"
#include "plan/contest/coded.h"

namespace lmz {

// The first half of each of the block's lanes: what a codec with lanes has seen when it is half
// done, for one without.
Bytes FirstHalves(ByteSpan block, const text::Layout& layout);

// What FirstHalves(block) comes to, in bytes, under options of a codec without lanes. Errors: as
// PreparedBlock::Encode.
Result<uint64_t> HalfWithoutLanes(const PreparedBlock& block, const text::Layout& layout,
                                  const CodecOptions& options, const BlockResources& resources);

// The same of a codec with lanes, which codes the block itself to its half.
Result<uint64_t> HalfInLanes(const PreparedBlock& block, const CodecOptions& options,
                             const BlockResources& resources);

// Codes `block` unless its first half comes to `rival_half` bytes or more, where a rival with those
// is left to do it. None when it does. Errors: as PreparedBlock::Encode.
Result<std::optional<Coded>> CodeUnlessBehind(uint64_t rival_half, const PreparedBlock& block,
                                              const CodecOptions& options,
                                              const BlockResources& resources);

}  // namespace lmz
