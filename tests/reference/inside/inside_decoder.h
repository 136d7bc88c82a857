// The codec `inside`, written from src/codec/inside/spec.md alone; no code shared with the library.
#pragma once

#include <functional>

#include "tests/reference/text/bytes_decoder.h"

namespace lmz::reference {

// A block in Blocks, to be decoded as any other.
struct InnerBlock {
  uint64_t codec, filters, raw_size;
  Bytes payload;
};
using DecodeInner = std::function<Decoded(const InnerBlock&)>;

// The `size` bytes of a payload. Throws Damage.
Decoded DecodeInsideCodec(const Bytes& payload, uint64_t size, const DecodeInner& decode_inner);

}  // namespace lmz::reference
