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

// The number that SplitMix64 (Steele, Lea and Flood, "Fast splittable pseudorandom number
// generators", 2014) gives in state `x`. The next state is x + kGoldenRatio64.
constexpr uint64_t SplitMix64(uint64_t x) {
  x += kGoldenRatio64;
  x = (x ^ (x >> 30)) * 0xBF58476D1CE4E5B9;
  x = (x ^ (x >> 27)) * 0x94D049BB133111EB;
  return x ^ (x >> 31);
}

}  // namespace lmz
