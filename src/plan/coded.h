// Attempts at a block: its code under given options, or none when another one is shorter.
#pragma once

#include <optional>

#include "codec/block.h"

namespace lmz {

struct Coded {
  BlockHeader header;
  Bytes payload;
};

// Codes `block` unless that takes `limit` bytes or more, and stops as soon as that shows. None when
// it does. Errors: as PreparedBlock::Encode.
Result<std::optional<Coded>> CodeBelow(size_t limit, const PreparedBlock& block,
                                       const CodecOptions& options,
                                       const BlockResources& resources);

// Codes `block` in any case.
Result<Coded> Code(const PreparedBlock& block, const CodecOptions& options,
                   const BlockResources& resources);

}  // namespace lmz
