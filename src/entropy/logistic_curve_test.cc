#include "entropy/logistic_curve.h"

#include <gtest/gtest.h>

#include <cmath>

namespace lmz {
namespace {

TEST(LogisticCurve, TablesAreTheirFormulas) {
  for (int x = 0; x <= 320; ++x) {
    const auto e = static_cast<int64_t>(std::floor(2147483648.0L * std::exp(-x / 16.0L)));
    const int64_t share = (int64_t{1} << 62) / ((int64_t{1} << 31) + e);
    EXPECT_EQ(internal::kCurveTable[static_cast<size_t>(320 + x)], share) << x;
    EXPECT_EQ(internal::kCurveTable[static_cast<size_t>(320 - x)], (int64_t{1} << 31) - share) << x;
  }
  for (size_t i = 0; i < 256; ++i) {
    const auto log = static_cast<int>(256 * std::log2(1 + static_cast<double>(i) / 256) + 1e-9);
    EXPECT_EQ(internal::kLog2Table[i], log) << i;
  }
}

TEST(LogisticCurve, RisesAndIsNearTheTrueCurve) {
  uint32_t previous = 0;
  for (int32_t z = -kMaxCurveQ12; z <= kMaxCurveQ12; ++z) {
    const uint32_t share = LogisticCurve(z);
    ASSERT_GE(share, previous) << z;
    ASSERT_NEAR(share, 2147483648.0 / (1 + std::exp(-z / 4096.0)), 2147483648.0 / 16384) << z;
    previous = share;
  }
}

TEST(LogisticCurve, LogarithmsAreTruncatedOnesAndLogitsTheirDifference) {
  for (uint32_t x = 1; x < 1u << 20; x += 7) {
    const double exact = 256 * std::log2(static_cast<double>(x));
    ASSERT_LE(Log2Q8(x), exact + 1e-6) << x;
    ASSERT_GT(Log2Q8(x), exact - 2.5) << x;
  }
  EXPECT_EQ(Log2Q8(UINT32_MAX), 32 * 256 - 1);
  EXPECT_EQ(LogitOfShares(7, 7), 0);
  EXPECT_EQ(LogitOfShares(255, 127), 177);
  EXPECT_EQ(LogitOfShares(0, UINT32_MAX - 1), -2047);
  EXPECT_EQ(LogitOfShares(UINT32_MAX - 1, 0), 2047);
}

}  // namespace
}  // namespace lmz
