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

}  // namespace lmz
