#include "entropy/spent_bits.h"

#include <gtest/gtest.h>

#include <cmath>

namespace lmz {
namespace {

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
