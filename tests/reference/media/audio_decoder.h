// A second decoder of the `audio` codec, written from src/codec/audio/spec.md: slow, obvious, no
// code shared with the library. Numbers in comments are sections of that text.
#pragma once

#include "tests/reference/text/bytes_decoder.h"

namespace lmz::reference {

// The `size` bytes that `payload` stands for. Throws Damage.
Decoded DecodeAudioCodec(const Bytes& payload, uint64_t size);

// The XXH3-64 over the three shapes that section 7.2 pins.
uint64_t ShapesChecksum();

}  // namespace lmz::reference
