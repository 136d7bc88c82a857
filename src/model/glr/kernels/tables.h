// The tables behind the network's non-linear functions (docs/spec/numerics.md, section 2), made at
// compile time by integer arithmetic. Every entry is the correctly rounded value of its formula.
#pragma once

#include <array>
#include <cstdint>

namespace lmz {

// kSigmoidTable[4096 + z] = min(65535, round(2^16 / (1 + e^(-z/256)))) for -4096 < z < 4096.
extern const std::array<uint16_t, 8192> kSigmoidTable;

// Replaces each of `size` numbers 4096 + z (0 < number < 8192) by its entry in kSigmoidTable. Here
// rather than in the kernels because plain loads beat the gather instructions that compilers would
// put there. Thread-safe.
void LookUpSigmoid(uint16_t* numbers, int size);

// kExp2Table[i] = round(2^22 * 2^(-i/1024)).
extern const std::array<uint32_t, 1024> kExp2Table;

// What divides by table where vectors do it for many lanes at once (spec 3.2).
// kFactorTable[i] = floor((255 * 2^14 - 1) / (2^14 + 64 * i + 1)): the factor of a top of
// 2^14 + 64 * i, at most one above that of the next 63 tops. Reads of 32 bits stay inside.
extern const std::array<uint8_t, 256 + 3> kFactorTable;
// kMantissaTable[f - 127] = floor((2^21 + floor(f / 2)) / f) for factors 127 .. 254.
extern const std::array<int32_t, 128> kMantissaTable;

}  // namespace lmz
