// Files that hold compressed streams: coded as what the streams stand for, and what it takes to
// make the same file of it again.
//
// A format is a row: how to take such a file apart, and how to put it together. What every format
// needs is here once: which one it is, the contest with `bytes`, and `bytes` for what is no such
// file. Format of the payload: codec/png/spec.md, section 2.
#pragma once

#include <span>

#include "codec/nested.h"
#include "mix/profile.h"

namespace lmz {

struct FileFormat {
  uint8_t kind;      // what the payload begins with, at least 1; append-only
  const char* name;  // lower case
  // Takes apart the file that `raw` begins with, appending fields and parts, of which each goes to
  // the codec that suits it (`bytes` with `profile`); together they stand for raw.size() bytes of
  // progress. What follows the file in `raw` is kept, too. False when there is no such file or it
  // would not come back the same; then what was appended is of no use. Errors: kCancelled,
  // kOutOfMemory.
  Result<bool> (*unpack)(ByteSpan raw, Profile profile, PartsWriter& parts);
  // The way back: fills all of `raw`. Errors: as CodecRow::decode.
  Status (*pack)(PartsReader& parts, MutableByteSpan raw);
  // As in CodecRow.
  uint64_t (*max_raw_size)(uint64_t payload_size);
  // As in CodecRow, for the fields and parts that the reader stands in front of.
  uint64_t (*pack_memory)(ByteReader& fields, uint64_t raw_size, const BlockResources& resources);
};

// Functions for the row of a codec of such files; see CodecRow.
Result<uint32_t> EncodeFile(std::span<const FileFormat> formats, ByteSpan raw, Profile profile,
                            const BlockResources& resources, Bytes& payload);
Result<uint32_t> DecodeFile(std::span<const FileFormat> formats, ByteSpan payload,
                            const BlockResources& resources, MutableByteSpan raw);
uint64_t MaxRawSizeOfFile(std::span<const FileFormat> formats, uint64_t payload_size);
uint64_t DecodeMemoryOfFile(std::span<const FileFormat> formats, ByteSpan payload,
                            uint64_t raw_size, const BlockResources& resources);

}  // namespace lmz
