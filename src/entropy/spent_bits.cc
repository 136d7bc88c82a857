#include "entropy/spent_bits.h"

#include <bit>

namespace lmz {

int64_t Log2Q16(uint64_t x) {
  const int exponent = static_cast<int>(std::bit_width(x)) - 1;
  // In [1, 2), in 2^-31; each squaring tells one more bit of its logarithm.
  uint64_t mantissa = exponent >= 31 ? x >> (exponent - 31) : x << (31 - exponent);
  int64_t log_q16 = int64_t{exponent} * 65536;
  for (int64_t bit = 32768; bit != 0; bit >>= 1) {
    mantissa = mantissa * mantissa >> 31;
    if (mantissa >> 32 == 0) continue;
    mantissa >>= 1;
    log_q16 += bit;
  }
  return log_q16;
}

}  // namespace lmz
