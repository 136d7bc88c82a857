// A second decoder of the `png` codec, written from src/codec/png/spec.md and
// src/codec/deflate/spec.md; no code shared with the library. Numbers in comments are sections of
// the former.
#pragma once

#include "tests/reference/text/bytes_decoder.h"

namespace lmz::reference {

// The `size` bytes that `payload` stands for. Throws Damage.
Decoded DecodePngCodec(const Bytes& payload, uint64_t size);

}  // namespace lmz::reference
