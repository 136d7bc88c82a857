#include "bench/report/rates.h"

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

TEST(Rates, BreakEvenIsFoundBetweenWhatWasMeasuredOrProjected) {
  const std::vector<uint64_t> raw = {1000, 2000}, coded = {200, 400}, other = {500, 1000};
  const auto within = FindBreakEven(raw, coded, other, 450);
  ASSERT_TRUE(within.has_value());
  EXPECT_EQ(within->size, 1500u);
  EXPECT_FALSE(within->is_projected);
  EXPECT_EQ(FindBreakEven(raw, coded, other, 300)->size, 1000u);
  EXPECT_EQ(FindBreakEven(raw, coded, other, 600)->size, 2000u);
  const auto beyond = FindBreakEven(raw, coded, other, 900);
  ASSERT_TRUE(beyond.has_value());
  EXPECT_EQ(beyond->size, 3000u);
  EXPECT_TRUE(beyond->is_projected);
  EXPECT_FALSE(FindBreakEven(raw, other, coded, 900).has_value());
}

TEST(Rates, AProjectedSizeHasThreeDigits) {
  EXPECT_EQ(BreakEvenText(std::nullopt, 1000), "never");
  EXPECT_EQ(BreakEvenText(BreakEven{12345678}, 1000), "12,345,678");
  EXPECT_EQ(BreakEvenText(BreakEven{1000}, 1000), "at most 1,000");
  EXPECT_EQ(BreakEvenText(BreakEven{12355678, true}, 1000), "projected 12,400,000");
  EXPECT_EQ(BreakEvenText(BreakEven{9996, true}, 1000), "projected 10,000");
  EXPECT_EQ(BreakEvenText(BreakEven{999, true}, 100), "projected 999");
}

}  // namespace
}  // namespace lmz::bench
