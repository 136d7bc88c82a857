// Multiplicative hashing (Knuth, The Art of Computer Programming, 6.4): a product with an odd
// number near 2^n over the golden ratio, modulo 2^n, whose high bits depend on all bits of the
// value.
#pragma once

#include <cstdint>

namespace lmz {

inline constexpr uint32_t kGoldenRatio32 = 0x9E3779B1;
inline constexpr uint64_t kGoldenRatio64 = 0x9E3779B97F4A7C15;

// A hash of `bits` bits, 1 .. 32.
constexpr uint32_t HashBits(uint32_t value, int bits) {
  return value * kGoldenRatio32 >> (32 - bits);
}

}  // namespace lmz
