#include "plan/picture.h"

#include <gtest/gtest.h>

#include <string>

#include "tests/random.h"

namespace lmz {
namespace {

constexpr uint64_t kMiB = uint64_t{1} << 20;

// A PPM file with waves and noise.
Bytes Photo(TestRandom& random, uint32_t width, uint32_t height) {
  Bytes bytes = ToBytes("P6\n" + std::to_string(width) + " " + std::to_string(height) + "\n255\n");
  for (uint32_t y = 0; y < height; ++y) {
    for (uint32_t x = 0; x < width; ++x) {
      const uint32_t wave = (x < width / 2 ? x : width - x) * 200 / width + y * 60 / height;
      for (uint32_t c = 0; c < 3; ++c) {
        bytes.push_back(static_cast<uint8_t>(wave + 20 * c + random.Below(12)));
      }
    }
  }
  return bytes;
}

void ExpectCovers(const std::vector<BlockPlan>& plan, size_t size) {
  uint64_t offset = 0;
  for (const BlockPlan& block : plan) {
    EXPECT_EQ(block.offset, offset);
    EXPECT_GT(block.size, 0u);
    const bool is_image = block.choice.codec == CodecId::kImage;
    EXPECT_TRUE(!is_image || block.choice.image.Fits(block.size));
    offset += block.size;
  }
  EXPECT_EQ(offset, size);
}

TEST(Picture, AnImageFileIsOneBlock) {
  TestRandom random(1);
  Bytes photo = Photo(random, 100, 80);
  AppendTo(photo, ToBytes("a few bytes behind it"));
  const std::vector<BlockPlan> plan = Plan(photo, {});
  ASSERT_EQ(plan.size(), 1u);
  EXPECT_EQ(plan[0].choice.codec, CodecId::kImage);
  EXPECT_EQ(plan[0].content, Content::kImage);
  EXPECT_EQ(plan[0].choice.image.height, 80u);
  ExpectCovers(plan, photo.size());
}

TEST(Picture, AnImageAmongTextHasItsOwnBlock) {
  TestRandom random(2);
  Bytes bytes = random.Text(100'000);
  AppendTo(bytes, Photo(random, 300, 200));
  AppendTo(bytes, random.Text(50'000));
  const std::vector<BlockPlan> plan = Plan(bytes, {});
  ASSERT_EQ(plan.size(), 3u);
  EXPECT_EQ(plan[0].size, 100'000u);
  EXPECT_EQ(plan[1].choice.codec, CodecId::kImage);
  EXPECT_EQ(plan[2].choice.codec, CodecId::kBytes);
  ExpectCovers(plan, bytes.size());
}

TEST(Picture, NoiseFlatAreasAndFalseHeadersAreNoImages) {
  TestRandom random(3);
  Bytes noise = ToBytes("P6\n200 200\n255\n");
  AppendTo(noise, random.Random(120'000));
  Bytes flat = ToBytes("P6\n200 200\n255\n");
  flat.resize(flat.size() + 120'000, 7);
  Bytes text = ToBytes("P6\n200 200\n255\n");
  AppendTo(text, random.Text(120'000));
  for (const Bytes& bytes : {noise, flat, text}) {
    for (const BlockPlan& block : Plan(bytes, {})) EXPECT_NE(block.choice.codec, CodecId::kImage);
  }
}

// Headers without end: the search gives up rather than look at every one.
TEST(Picture, ManyHeadersAreCoveredAllTheSame) {
  Bytes bytes;
  while (bytes.size() < 2 * kMiB) AppendTo(bytes, ToBytes("P6\n32 9999999\n255\n"));
  ExpectCovers(Plan(bytes, {}), bytes.size());
}

TEST(Picture, ALargeImageIsCutBetweenRows) {
  TestRandom random(4);
  const Bytes photo = Photo(random, 300, 300);
  const std::vector<BlockPlan> plan = Plan(photo, {.max_block_size = 100'000});
  ASSERT_EQ(plan.size(), 3u);
  uint32_t rows = 0;
  for (const BlockPlan& block : plan) {
    EXPECT_EQ(block.choice.codec, CodecId::kImage);
    EXPECT_LE(block.size, 100'000u);
    rows += block.choice.image.height;
  }
  EXPECT_EQ(rows, 300u);
  ExpectCovers(plan, photo.size());
}

// A stream comes in pieces that end within rows, or within the header: all but the rows that a cut
// parts stay pixels.
TEST(Picture, AnImageGoesOnInTheNextPiece) {
  TestRandom random(5);
  Bytes photo = Photo(random, 300, 200);
  AppendTo(photo, random.Text(30'000));
  for (const size_t piece : {70'000u, 90'001u, 180'015u}) {
    Planner planner;
    uint32_t rows = 0;
    uint64_t pieces = 0;
    for (size_t begin = 0; begin < photo.size(); begin += piece, ++pieces) {
      const size_t size = std::min(piece, photo.size() - begin);
      const std::vector<BlockPlan> plan =
          planner.Plan(ByteSpan(photo).subspan(begin, size), {.max_block_size = piece});
      ExpectCovers(plan, size);
      for (const BlockPlan& block : plan) {
        if (block.choice.codec == CodecId::kImage) rows += block.choice.image.height;
      }
    }
    EXPECT_GE(rows + pieces, 200u) << piece;
    EXPECT_LE(rows, 200u) << piece;
  }
}

TEST(Picture, RowsBehindCountsTheRowThatIsCut) {
  const ImageLayout layout = {.offset = 10, .width = 20, .height = 5};
  EXPECT_FALSE(RowsBehind(layout, 110));
  EXPECT_FALSE(RowsBehind(layout, 95)) << "only the rest of a row";
  const std::optional<ImageLayout> rest = RowsBehind(layout, 35);
  ASSERT_TRUE(rest.has_value());
  EXPECT_EQ(rest->offset, 15u);
  EXPECT_EQ(rest->height, 3u);
  EXPECT_EQ(RowsBehind(layout, 4)->offset, 6u);
}

}  // namespace
}  // namespace lmz
