#include "plan/contest/race.h"

#include <gtest/gtest.h>

#include <numeric>

#include "tests/random.h"

namespace lmz {
namespace {

TEST(Race, HalvesAreThoseOfTheLanes) {
  Bytes block(25);
  std::iota(block.begin(), block.end(), uint8_t{0});
  const text::Layout layout = text::Layout::Make(25, 3, 1).value();  // of 9, 8 and 8 bytes
  const Bytes expected = {0, 1, 2, 3, 9, 10, 11, 12, 17, 18, 19, 20};
  EXPECT_EQ(FirstHalves(block, layout), expected);
  const Bytes first(block.begin(), block.begin() + 12);
  EXPECT_EQ(FirstHalves(block, text::Layout::Make(25, 1, 1).value()), first);
}

// Of text whose halves are alike, a codec's own code of the first half.
TEST(Race, HalvesAreWhatTheyCost) {
  const Bytes raw = TestRandom(3).Text(30'000);
  const PreparedBlock block = PreparedBlock::Make(raw, 0).value();
  const PreparedBlock first = PreparedBlock::Make(ByteSpan(raw).first(15'000), 0).value();
  const BytesOptions options;
  const size_t size = Code(first, options, {}).value().payload.size();
  const auto layout = text::Layout::For(raw.size());
  ASSERT_EQ(layout.lanes(), 1);
  EXPECT_EQ(HalfWithoutLanes(block, layout, options, {}).value(), size);
  const uint64_t in_lanes = HalfInLanes(block, options, {}).value();
  EXPECT_NEAR(static_cast<double>(in_lanes), static_cast<double>(size),
              0.1 * static_cast<double>(size));
  EXPECT_TRUE(CodeUnlessBehind(in_lanes + 1, block, options, {}).value().has_value());
  EXPECT_FALSE(CodeUnlessBehind(in_lanes, block, options, {}).value().has_value());
}

TEST(Race, IsCancelled) {
  const Bytes raw = TestRandom(3).Text(20'000);
  const PreparedBlock block = PreparedBlock::Make(raw, 0).value();
  BlockResources resources;
  resources.report = [](uint64_t done, uint64_t) { return done < 5'000; };
  const BytesOptions options;
  const auto layout = text::Layout::For(raw.size());
  EXPECT_EQ(HalfWithoutLanes(block, layout, options, resources).status().code(), Code::kCancelled);
  EXPECT_EQ(HalfInLanes(block, options, resources).status().code(), Code::kCancelled);
  EXPECT_EQ(CodeUnlessBehind(UINT64_MAX, block, options, resources).status().code(),
            Code::kCancelled);
}

}  // namespace
}  // namespace lmz
