// A second decoder of the `bilevel` codec, written from src/codec/bilevel/spec.md; no code shared
// with the library. Numbers in comments are sections of that text.
#pragma once

#include "tests/reference/text/bytes_decoder.h"

namespace lmz::reference {

// The `size` bytes that `payload` stands for. Throws Damage.
Decoded DecodeBilevelCodec(const Bytes& payload, uint64_t size);

}  // namespace lmz::reference
