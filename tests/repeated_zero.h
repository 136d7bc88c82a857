// A block of few bytes that stands for many.
#pragma once

#include "base/checksum.h"
#include "codec/block.h"
#include "codec/stored/stored.h"

namespace lmz::testing {

// `size` zeros as one byte and a copy as long as the block.
inline BlockHeader RepeatedZero(uint64_t size, Bytes& payload) {
  Bytes repeated;
  ByteWriter(repeated).Varint(size);
  ByteWriter(repeated).Varint(1);
  ByteWriter(repeated).Varint(1);
  ByteWriter(repeated).Varint(size - 1 - 32);
  ByteWriter(repeated).Varint(0);
  repeated.push_back(0);
  ByteWriter(payload).Varint(repeated.size());
  AppendTo(payload, repeated);
  return {.codec = kStoredCodec.id,
          .filters = kFilterRepeat,
          .raw_size = size,
          .payload_size = payload.size(),
          .checksum = Checksum64(Bytes(static_cast<size_t>(size)))};
}

}  // namespace lmz::testing
