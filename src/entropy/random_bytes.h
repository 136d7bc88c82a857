// Random bytes from a seed, the same on every machine: the numbers of SplitMix64 (base/hash.h), the
// lowest byte of each first.
#pragma once

#include <cstdint>

#include "base/bytes.h"
#include "base/hash.h"

namespace lmz {

inline Bytes RandomBytes(uint64_t seed, size_t size) {
  Bytes bytes(size);
  uint64_t number = 0;
  for (size_t i = 0; i < size; ++i, number >>= 8) {
    if (i % 8 == 0) {
      number = SplitMix64(seed);
      seed += kGoldenRatio64;
    }
    bytes[i] = static_cast<uint8_t>(number);
  }
  return bytes;
}

}  // namespace lmz
