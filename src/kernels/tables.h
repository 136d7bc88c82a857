// The tables behind the network's non-linear functions (docs/spec/numerics.md, section 2), made at
// compile time by integer arithmetic. Every entry is the correctly rounded value of its formula.
#pragma once

#include <array>
#include <cstdint>

namespace lmz {

// kSigmoidTable[i] = round(2^16 / (1 + e^(i/256))): the sigmoid of -i/256.
extern const std::array<uint16_t, 4096> kSigmoidTable;

// kExp2Table[i] = round(2^22 * 2^(-i/1024)).
extern const std::array<uint32_t, 1024> kExp2Table;

// min(32767, floor(sqrt(2^44 / mantissa))) for 2^14 <= mantissa < 2^16. Pure; thread-safe.
int32_t InverseSqrt(uint32_t mantissa);

}  // namespace lmz
