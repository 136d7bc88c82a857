#include "entropy/spent_bits.h"

#include <gtest/gtest.h>

#include <cmath>

namespace lmz {
namespace {

TEST(SpentBits, LogarithmsAreNearTheExactOnes) {
  for (uint64_t x = 1; x < uint64_t{1} << 50; x += 1 + x / 7) {
    const double exact = std::log2(static_cast<double>(x)) * 65536;
    EXPECT_NEAR(static_cast<double>(Log2Q16(x)), exact, 2) << x;
    EXPECT_EQ(Log2Q16(2 * x), Log2Q16(x) + 65536);
  }
}

TEST(SpentBits, DecisionsAddUpToTheCode) {
  for (const uint32_t p1_q16 : {1u, 600u, 32768u, 65535u}) {
    Bytes code;
    Encoder encoder(code);
    for (int i = 0; i < 5000; ++i) encoder.Code(i % 5 == 0 ? 1 : 0, p1_q16);
    encoder.Finish();
    Decoder decoder(code);
    EXPECT_EQ(SpentBitsQ16(decoder), 0);
    double exact = 0;
    for (int i = 0; i < 5000; ++i) {
      const int bit = decoder.Code(0, p1_q16);
      const double p = (bit != 0 ? p1_q16 : 65536 - p1_q16) / 65536.0;
      exact -= std::log2(p);
    }
    const int64_t spent_q16 = SpentBitsQ16(decoder);
    EXPECT_NEAR(static_cast<double>(spent_q16) / 65536, exact, 0.05);
    EXPECT_LE(std::abs(static_cast<int64_t>(code.size() * 8 * 65536) - spent_q16), 8 * 65536);
  }
}

}  // namespace
}  // namespace lmz
