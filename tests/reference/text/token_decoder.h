// A second decoder of the `token` codec, written from src/codec/token/spec.md as text_decoder.h is
// from its own.
#pragma once

#include "tests/reference/text/text_decoder.h"

namespace lmz::reference {

// The `size` bytes that `payload` stands for. Throws Damage.
Decoded DecodeTokenCodec(const Bytes& payload, uint64_t size, const Models& models);

}  // namespace lmz::reference
