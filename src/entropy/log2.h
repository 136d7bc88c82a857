// Logarithms in integers, for estimates and for those who explain where the bits go.
#pragma once

#include <cstdint>

namespace lmz {

// log2(x) in 1/65536, x >= 1: less than 2 from the exact value. Log2Q16(2 * x) is exactly 65536
// more, so that differences add up.
uint32_t Log2Q16(uint64_t x);

}  // namespace lmz
