// The tables of the transformer (docs/spec/numerics.md, 6.1), made at compile time by integer
// arithmetic. Every entry is the correctly rounded value of its formula.
#pragma once

#include <array>
#include <cstdint>

namespace lmz {

// kCoarsePowers[j] = round(2^15 * 2^(-j/32)), kFinePowers[j] = round(2^15 * 2^(-j/1024)).
extern const std::array<uint32_t, 32> kCoarsePowers;
extern const std::array<uint32_t, 32> kFinePowers;

// kPowers[i] = Exp30(i), the product of the two for i / 32 and i % 32: 2^30 * 2^(-i/1024) to 15
// bits.
extern const std::array<uint32_t, 1024> kPowers;

// round(1024 * log2(factor)) for 127 <= factor <= 254. Thread-safe.
int32_t LogOfFactor(int32_t factor);

// round(2^30 * sin(pi/2 * i/1024)) for 0 <= i <= 1025, the last as the one before it.
extern const std::array<int32_t, 1026> kQuarterSine;

// Sine and cosine of turn / 2^32 turns in Q15. Thread-safe.
int32_t Sine(uint32_t turn);
inline int32_t Cosine(uint32_t turn) {
  return Sine(turn + (uint32_t{1} << 30));
}

}  // namespace lmz
