// Random bytes from a seed, the same on every machine: SplitMix64 (Steele, Lea and Flood, "Fast
// splittable pseudorandom number generators", 2014), each number's lowest byte first.
#pragma once

#include <cstdint>

#include "base/bytes.h"

namespace lmz {

inline Bytes RandomBytes(uint64_t seed, size_t size) {
  Bytes bytes(size);
  uint64_t number = 0;
  for (size_t i = 0; i < size; ++i, number >>= 8) {
    if (i % 8 == 0) {
      seed += 0x9E3779B97F4A7C15;
      number = (seed ^ seed >> 30) * 0xBF58476D1CE4E5B9;
      number = (number ^ number >> 27) * 0x94D049BB133111EB;
      number ^= number >> 31;
    }
    bytes[i] = static_cast<uint8_t>(number);
  }
  return bytes;
}

}  // namespace lmz
