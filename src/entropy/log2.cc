#include "entropy/log2.h"

#include <bit>

namespace lmz {

uint32_t Log2Q16(uint64_t x) {
  const int whole = static_cast<int>(std::bit_width(x)) - 1;
  uint64_t fraction_q31 = whole > 31 ? x >> (whole - 31) : x << (31 - whole);  // in [1, 2)
  auto result = static_cast<uint32_t>(whole);
  // Each squaring tells one more bit.
  for (int i = 0; i < 16; ++i) {
    fraction_q31 = fraction_q31 * fraction_q31 >> 31;
    const bool is_two = fraction_q31 >> 32 != 0;
    if (is_two) fraction_q31 >>= 1;
    result = result << 1 | uint32_t{is_two};
  }
  return result;
}

}  // namespace lmz
