// Arithmetic on fractions of 62 bits, by which tables are made at compile time.
#pragma once

#include <cstdint>

#include "base/uint128.h"

namespace lmz::q62 {

inline constexpr uint64_t kOne = uint64_t{1} << 62;
inline constexpr uint64_t kLn2 = 3196577161300663915u;

constexpr uint64_t Mul(uint64_t a, uint64_t b) {
  return static_cast<uint64_t>((Uint128{a} * b + (kOne >> 1)) >> 62);
}

// e^-x for 0 <= x < 2^-5 (Taylor; the twelfth term is below 2^-62).
constexpr uint64_t ExpOfMinus(uint64_t x) {
  uint64_t sum = kOne;
  uint64_t term = kOne;
  for (uint64_t n = 1; n <= 12; ++n) {
    term = Mul(term, x) / n;
    sum = n % 2 == 1 ? sum - term : sum + term;
  }
  return sum;
}

}  // namespace lmz::q62
