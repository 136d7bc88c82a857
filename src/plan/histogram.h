// Byte counts and what they say about a stretch of bytes.
#pragma once

#include <array>
#include <cstdint>

#include "base/bytes.h"

namespace lmz {

// How often each byte occurs in at most 2^31 bytes.
struct Histogram {
  explicit Histogram(ByteSpan bytes);

  uint32_t operator[](int byte) const { return counts[static_cast<size_t>(byte)]; }
  // How many of the bytes lie in [first, last].
  uint32_t Range(int first, int last) const;
  // How many bits an ideal order-0 code for these counts saves of 8 bits a byte.
  uint64_t RedundantBits() const;
  // The sum of all squared counts; divided by size^2 it is the chance that two bytes agree.
  uint64_t SquareSum() const;

  std::array<uint32_t, 256> counts{};
  uint32_t size = 0;
};

}  // namespace lmz
