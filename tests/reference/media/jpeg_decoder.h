// A second decoder of the `jpeg` codec, written from src/codec/jpeg/spec.md; no code shared with
// the library. Numbers in comments are sections of it.
#pragma once

#include "tests/reference/text/bytes_decoder.h"

namespace lmz::reference {

// The `size` bytes that `payload` stands for. Throws Damage.
Decoded DecodeJpegCodec(const Bytes& payload, uint64_t size);

}  // namespace lmz::reference
