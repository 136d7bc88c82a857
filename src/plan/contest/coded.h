// Attempts at a block: its code under given options, or none when another one is shorter. Observers
// are told of each, as one of `stage`.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>

#include "codec/block.h"
#include "codec/observer.h"

namespace lmz {

struct Coded {
  BlockHeader header;
  Bytes payload;
};

// Codes `block` unless `gives_up` says so of what is reported, the bytes that are done and those of
// code that they came to. None when it does. Errors: as PreparedBlock::Encode.
Result<std::optional<Coded>> CodeUnless(
    const std::function<bool(uint64_t done, uint64_t code_size)>& gives_up,
    const PreparedBlock& block, const CodecOptions& options, const BlockResources& resources,
    Trial::Stage stage = Trial::Stage::kBlock);

// Codes `block` unless that takes `limit` bytes or more, and stops as soon as that shows. None when
// it does. Errors: as PreparedBlock::Encode.
Result<std::optional<Coded>> CodeBelow(size_t limit, const PreparedBlock& block,
                                       const CodecOptions& options, const BlockResources& resources,
                                       Trial::Stage stage = Trial::Stage::kBlock);

// Codes `block` in any case.
Result<Coded> Code(const PreparedBlock& block, const CodecOptions& options,
                   const BlockResources& resources, Trial::Stage stage = Trial::Stage::kBlock);

// Tells the observer, if there is one, of a try at `raw_size` bytes that came to `coded_size`.
void TellCoded(const BlockResources& resources, Trial::Stage stage, const CodecOptions& options,
               uint64_t raw_size, uint64_t coded_size);

// Tells the observer, if there is one, that a block of `raw_size` bytes is not tried.
void TellLeftOut(const BlockResources& resources, const CodecOptions& options, uint64_t raw_size);

}  // namespace lmz
