// A correctly rounded inverse square root in integers (docs/spec/numerics.md, section 2), for
// kernels of any instruction set.
#pragma once

#include <array>
#include <cstdint>

namespace lmz {

// First guesses by the mantissa's upper eight bits (64 .. 255), for vectors that do what
// InverseSqrt does. Reads of 32 bits stay inside.
extern const std::array<uint16_t, 256 + 1> kInverseSqrtSeeds;

// min(32767, floor(sqrt(2^44 / mantissa))) for 2^14 <= mantissa < 2^16. Pure; thread-safe.
int32_t InverseSqrt(uint32_t mantissa);

}  // namespace lmz
