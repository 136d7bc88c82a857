// How many bits a code has taken so far, in fractions of a bit: for those who explain where the
// bits go. No code depends on it.
#pragma once

#include <cstdint>

#include "entropy/coder.h"
#include "entropy/log2.h"

namespace lmz {

// What the decisions so far have taken of the code that `decoder` reads, in 1/65536 bit. Each
// decision adds what it narrows the range by; the code itself ends up to a byte before or behind
// the sum of all.
inline int64_t SpentBitsQ16(const Decoder& decoder) {
  const auto shifted = static_cast<int64_t>(decoder.read_size() - Decoder::kReadAhead);
  return (8 * shifted + 48) * 65536 - Log2Q16(decoder.range());
}

}  // namespace lmz
