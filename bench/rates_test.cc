#include "rates.h"

#include <gtest/gtest.h>

namespace lmz::bench {
namespace {

TEST(Rates, HeaderCountsOnceForAllChunks) {
  EXPECT_EQ(ChunkedSize({100, 50, 30}, 18), 18u + 82 + 32 + 12);
  EXPECT_EQ(ChunkedSize({100}, 18), 100u);
  EXPECT_EQ(ChunkedSize({}, 18), 0u);
}

TEST(Rates, AChunkMayBeSmallerThanTheHeaderButTheirSumNotNegative) {
  EXPECT_EQ(ChunkedSize({100, 17}, 18), 99u);
  EXPECT_EQ(ChunkedSize({17, 17, 2}, 18), 0u);
  EXPECT_FALSE(ChunkedSize({17, 17, 1}, 18).has_value());
}

TEST(Rates, ModelIsAddedOnce) {
  const CodedSize size{1000, 250};
  EXPECT_DOUBLE_EQ(RawRate(size).value(), 0.25);
  EXPECT_DOUBLE_EQ(AdjustedRate(size, 100).value(), 0.35);
  EXPECT_DOUBLE_EQ(PaperAdjustedRate(size, 100).value(), 0.45);
  EXPECT_FALSE(RawRate({0, 9}).has_value());
}

TEST(Rates, BreakEvenIsWhereAdjustedRatesMeet) {
  EXPECT_EQ(BreakEvenSize(0.25, 0.5, 1000), 4000u);
  EXPECT_FALSE(BreakEvenSize(0.5, 0.5, 1000).has_value());
}

}  // namespace
}  // namespace lmz::bench
