// Single blocks within the limits of a decompressor.
#pragma once

#include "base/random_access.h"
#include "container/reader.h"
#include "stream/compress.h"
#include "stream/progress_meter.h"

namespace lmz {

// Bytes of a block's payload and raw bytes; kLimit when they are more than `memory_limit`.
Result<uint64_t> CheckBlockSize(const BlockHeader& header, uint64_t memory_limit);

// The same and what decoding takes by what the payload says.
Result<uint64_t> CheckDecodeMemory(const BlockHeader& header, ByteSpan payload,
                                   const BlockResources& resources, uint64_t memory_limit);

// kLimit when `raw_size` more bytes than `done` are more than `output_limit`, which `done` is not.
Status CheckOutputSize(uint64_t raw_size, uint64_t done, uint64_t output_limit);

// Replaces `raw` by the content of `block`, whose payload begins at `payload_offset` of `input`.
// After a failure of DecodeRecord it is as long as the content, and holds what was decoded. Errors:
// those of the input; as DecodeRecord; kLimit by options.memory_limit; kCancelled by the meter's
// caller. std::bad_alloc passes through.
Status DecodeBlockAt(const RandomAccess& input, const BlockRecord& block, uint64_t payload_offset,
                     const DecompressOptions& options, ProgressMeter& meter, Bytes& raw);

}  // namespace lmz
