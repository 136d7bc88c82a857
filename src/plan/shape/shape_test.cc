#include "plan/shape/shape.h"

#include <gtest/gtest.h>

#include "base/hash.h"
#include "plan/plan.h"
#include "plan/shape/rows.h"
#include "tests/random.h"

namespace lmz {
namespace {

// Records of `row` bytes, of which one in sixteen changes from one to the next.
Bytes Records(size_t row, size_t size) {
  TestRandom random(4);
  Bytes bytes(size);
  for (size_t i = 0; i < size; ++i) {
    const bool is_new = i < row || random.Next() % 16 == 0;
    bytes[i] = is_new ? static_cast<uint8_t>(random.Next()) : bytes[i - row];
  }
  return bytes;
}

// Numbers of 16 bits, the low byte first, in pictures of `width` by `height`, smooth but for noise.
Bytes Slices(size_t width, size_t height, size_t count) {
  TestRandom random(5);
  Bytes bytes;
  for (size_t z = 0; z < count; ++z) {
    for (size_t y = 0; y < height; ++y) {
      for (size_t x = 0; x < width; ++x) {
        const uint64_t region = SplitMix64((x / 9) * 1000 + y / 7) % 3000;
        const uint64_t value = region + random.Next() % 4;
        bytes.push_back(static_cast<uint8_t>(value));
        bytes.push_back(static_cast<uint8_t>(value >> 8));
      }
    }
  }
  return bytes;
}

// Numbers of 16 bits in rows of `width`, most of which are those to the left or above.
Bytes Tiles(size_t width, size_t rows) {
  TestRandom random(6);
  std::vector<uint8_t> tiles(width * rows);
  Bytes bytes;
  for (size_t i = 0; i < tiles.size(); ++i) {
    const uint64_t choice = random.Next() % 6;
    const uint8_t left = i % width != 0 ? tiles[i - 1] : 0;
    const uint8_t above = i >= width ? tiles[i - width] : 0;
    tiles[i] = choice == 0 ? static_cast<uint8_t>(random.Next() % 40) : choice < 3 ? left : above;
    bytes.push_back(tiles[i]);
    bytes.push_back(0);
  }
  return bytes;
}

// Rows of 800 pixels: blobs of forty shapes, eleven pixels apart.
Bytes Page(size_t rows) {
  TestRandom random(3);
  Bytes bytes(100 * rows);
  for (size_t top = 3; top + 12 < rows; top += 16) {
    for (size_t left = 5; left + 10 < 800; left += 11) {
      const uint64_t glyph = SplitMix64(random.Next() % 40);
      for (size_t i = 0; i < 80; ++i) {
        const size_t x = left + i % 8;
        const uint64_t pixel = glyph >> i / 2 % 40 & 1;
        uint8_t& byte = bytes[100 * (top + i / 8) + x / 8];
        byte = static_cast<uint8_t>(byte | pixel << (7 - x % 8));
      }
    }
  }
  return bytes;
}

CodecOptions ShapeOf(const Bytes& raw) {
  const std::vector<BlockPlan> plan = Plan(raw, {});
  EXPECT_EQ(plan.size(), 1u);
  const Result<BlockPlan> shaped = WithShape(raw, plan.at(0), {});
  EXPECT_TRUE(shaped.ok());
  return shaped.value().choice.options;
}

TEST(Rows, FindsRecordsShortAndLong) {
  for (const uint32_t row : {24u, 333u, 5000u, 9001u}) {
    const Bytes raw = Records(row, size_t{row} * 80 + 20'000);
    const Rows rows(raw, false);
    ASSERT_FALSE(rows.lengths().empty()) << row;
    EXPECT_EQ(rows.lengths()[0], row);
    EXPECT_GE(rows.longest(), row);
  }
}

TEST(Rows, FindsUnitsRowsAndPlanesOfSlices) {
  const Bytes raw = Slices(100, 90, 8);
  const Rows rows(raw, false);
  EXPECT_EQ(rows.unit(), 2u);
  ASSERT_FALSE(rows.lengths().empty());
  EXPECT_EQ(rows.lengths()[0], 200u);
  EXPECT_EQ(rows.FindPlane(200), 18'000u);
}

TEST(Rows, TextMustShowMore) {
  const Bytes raw = Records(100, 60'000);
  EXPECT_EQ(Rows(raw, true).lengths(), std::vector<uint32_t>{100});
  TestRandom random(8);
  Bytes words(60'000);
  for (uint8_t& byte : words) byte = static_cast<uint8_t>('a' + random.Next() % 20);
  EXPECT_TRUE(Rows(words, true).lengths().empty());
}

TEST(Shape, RecordsAreCodedByTheirLength) {
  const CodecOptions options = ShapeOf(Tiles(256, 400));
  const auto* const bytes = std::get_if<BytesOptions>(&options);
  ASSERT_NE(bytes, nullptr);
  EXPECT_EQ(bytes->profile, Profile::kRecords);
  EXPECT_EQ(bytes->shape.row, 512u);
  EXPECT_EQ(bytes->shape.unit, 2u);
}

TEST(Shape, PagesAreCodedByPixels) {
  const CodecOptions options = ShapeOf(Page(600));
  const auto* const pixels = std::get_if<BilevelOptions>(&options);
  ASSERT_NE(pixels, nullptr);
  EXPECT_EQ(pixels->width % 800, 0u);
}

TEST(Shape, APbmFileTellsItsWidth) {
  Bytes raw = ToBytes("P4\n# page\n797 600\n");
  const Bytes page = Page(600);
  raw.insert(raw.end(), page.begin(), page.end());
  const CodecOptions options = ShapeOf(raw);
  const auto* const pixels = std::get_if<BilevelOptions>(&options);
  ASSERT_NE(pixels, nullptr);
  EXPECT_EQ(pixels->width, 800u);
  EXPECT_FALSE(pixels->is_lowest_first);
}

TEST(Shape, TheCallerCanStopTheSample) {
  const Bytes raw = Slices(100, 90, 8);
  BlockResources resources;
  resources.report = [](uint64_t, uint64_t) { return false; };
  const Result<BlockPlan> shaped = WithShape(raw, Plan(raw, {}).at(0), resources);
  EXPECT_EQ(shaped.status().code(), Code::kCancelled);
}

}  // namespace
}  // namespace lmz
