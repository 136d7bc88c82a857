#include "entropy/log2.h"

#include <gtest/gtest.h>

#include <cmath>

namespace lmz {
namespace {

TEST(Log2, IsExactAtPowersOfTwoAndAddsUp) {
  for (int k = 0; k < 64; ++k) EXPECT_EQ(Log2Q16(uint64_t{1} << k), static_cast<uint32_t>(k) << 16);
  uint32_t previous = 0;
  for (uint32_t x = 1; x < 65536; ++x) {
    const uint32_t log = Log2Q16(x);
    ASSERT_GE(log, previous);
    ASSERT_NEAR(Log2Q16(x * 3), log + 103872, 3);  // log2(3) = 1.5849625
    previous = log;
  }
}

TEST(Log2, IsNearTheExactOne) {
  for (uint64_t x = 1; x < uint64_t{1} << 50; x += 1 + x / 7) {
    const double exact = std::log2(static_cast<double>(x)) * 65536;
    EXPECT_NEAR(static_cast<double>(Log2Q16(x)), exact, 2) << x;
    EXPECT_EQ(Log2Q16(2 * x), Log2Q16(x) + 65536);
  }
}

}  // namespace
}  // namespace lmz
