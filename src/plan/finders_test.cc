#include "plan/plan.h"

#include <gtest/gtest.h>

#include <string>

#include "tests/jpeg_builder.h"
#include "tests/png_builder.h"

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
    const bool is_image = block.choice.codec() == kImageCodec.id;
    EXPECT_TRUE(!is_image || std::get<ImageOptions>(block.choice.options).layout.Fits(block.size));
    offset += block.size;
  }
  EXPECT_EQ(offset, size);
}

TEST(Finders, AnImageFileIsOneBlock) {
  TestRandom random(1);
  Bytes photo = Photo(random, 100, 80);
  AppendTo(photo, ToBytes("a few bytes behind it"));
  const std::vector<BlockPlan> plan = Plan(photo, {});
  ASSERT_EQ(plan.size(), 1u);
  EXPECT_EQ(plan[0].choice.codec(), kImageCodec.id);
  EXPECT_EQ(plan[0].content, Content::kImage);
  EXPECT_EQ(std::get<ImageOptions>(plan[0].choice.options).layout.height, 80u);
  ExpectCovers(plan, photo.size());
}

TEST(Finders, AnImageAmongTextHasItsOwnBlock) {
  TestRandom random(2);
  Bytes bytes = random.Text(100'000);
  AppendTo(bytes, Photo(random, 300, 200));
  AppendTo(bytes, random.Text(50'000));
  const std::vector<BlockPlan> plan = Plan(bytes, {});
  ASSERT_EQ(plan.size(), 3u);
  EXPECT_EQ(plan[0].size, 100'000u);
  EXPECT_EQ(plan[1].choice.codec(), kImageCodec.id);
  EXPECT_EQ(plan[2].choice.codec(), kBytesCodec.id);
  ExpectCovers(plan, bytes.size());
}

TEST(Finders, NoiseFlatAreasAndFalseHeadersAreNoImages) {
  TestRandom random(3);
  Bytes noise = ToBytes("P6\n200 200\n255\n");
  AppendTo(noise, random.Random(120'000));
  Bytes flat = ToBytes("P6\n200 200\n255\n");
  flat.resize(flat.size() + 120'000, 7);
  Bytes text = ToBytes("P6\n200 200\n255\n");
  AppendTo(text, random.Text(120'000));
  for (const Bytes& bytes : {noise, flat, text}) {
    for (const BlockPlan& block : Plan(bytes, {})) EXPECT_NE(block.choice.codec(), kImageCodec.id);
  }
}

// TGA has no signature: whatever byte a file begins with, its header tells it apart from others.
TEST(Finders, ATgaFileIsFound) {
  TestRandom random(12);
  const Bytes photo = Photo(random, 200, 100);
  const ByteSpan pixels = ByteSpan(photo).last(60'000);
  for (const uint8_t note : Bytes{0, 'P', 0x89}) {
    Bytes tga = {note, 0, 2, 0, 0, 0, 0, 0, 0, 0, 0, 0, 200, 0, 100, 0, 24, 0x20};
    tga.resize(tga.size() + note, 'x');
    AppendTo(tga, pixels);
    const std::vector<BlockPlan> plan = Plan(tga, {});
    ASSERT_EQ(plan.size(), 1u);
    EXPECT_EQ(plan[0].choice.codec(), kImageCodec.id);
    Bytes archive = random.Text(30'000);
    AppendTo(archive, tga);
    bool is_found = false;
    for (const BlockPlan& block : Plan(archive, {})) {
      is_found |= block.choice.codec() == kImageCodec.id;
    }
    EXPECT_EQ(is_found, note == 0);
  }
}

// Headers of sound that lead nowhere: samples are probed, but not without end.
TEST(Finders, ManyHeadersOfSoundAreCoveredAllTheSame) {
  TestRandom random(13);
  Bytes bytes;
  while (bytes.size() < kMiB) {
    AppendTo(bytes, ToBytes(".snd"));
    // The samples begin at byte 24, are 64 KiB, of 16 bits, in one channel.
    for (const uint32_t field : {24u, 1u << 16, 3u, 8000u, 1u}) {
      png::AppendBe32(field, bytes);
    }
    AppendTo(bytes, random.Random(100));
  }
  ExpectCovers(Plan(bytes, {}), bytes.size());
}

// Headers without end: the search gives up rather than look at every one.
TEST(Finders, ManyHeadersAreCoveredAllTheSame) {
  Bytes bytes;
  while (bytes.size() < 2 * kMiB) AppendTo(bytes, ToBytes("P6\n32 9999999\n255\n"));
  ExpectCovers(Plan(bytes, {}), bytes.size());
}

TEST(Finders, ALargeImageIsCutBetweenRows) {
  TestRandom random(4);
  const Bytes photo = Photo(random, 300, 300);
  const std::vector<BlockPlan> plan = Plan(photo, {.max_block_size = 100'000});
  ASSERT_EQ(plan.size(), 3u);
  uint32_t rows = 0;
  for (const BlockPlan& block : plan) {
    EXPECT_EQ(block.choice.codec(), kImageCodec.id);
    EXPECT_LE(block.size, 100'000u);
    rows += std::get<ImageOptions>(block.choice.options).layout.height;
  }
  EXPECT_EQ(rows, 300u);
  ExpectCovers(plan, photo.size());
}

// A stream comes in pieces that end within rows, or within the header: all but the rows that a cut
// parts stay pixels.
TEST(Finders, AnImageGoesOnInTheNextPiece) {
  TestRandom random(5);
  Bytes photo = Photo(random, 300, 200);
  AppendTo(photo, random.Text(30'000));
  for (const size_t piece : {70'000u, 90'001u, 180'015u}) {
    Planner planner;
    uint32_t rows = 0;
    uint64_t pieces = 0;
    for (size_t begin = 0; begin < photo.size(); begin += piece, ++pieces) {
      const size_t size = std::min(piece, photo.size() - begin);
      const std::vector<BlockPlan> plan = planner.Plan(ByteSpan(photo).subspan(begin, size),
                                                       Edge::kFlush, {.max_block_size = piece});
      ExpectCovers(plan, size);
      for (const BlockPlan& block : plan) {
        if (block.choice.codec() == kImageCodec.id)
          rows += std::get<ImageOptions>(block.choice.options).layout.height;
      }
    }
    EXPECT_GE(rows + pieces, 200u) << piece;
    EXPECT_LE(rows, 200u) << piece;
  }
}

// A PNG file of about 40 KB.
Bytes Png(TestRandom& random) {
  const testing::PngShape shape = {.width = 200, .height = 200, .color = 0};
  const Bytes pixels = random.Random(40'000);
  return testing::PngFile(shape, testing::ZlibStream(testing::FilteredRows(shape, pixels), {}));
}

TEST(Finders, APngFileIsOneBlockWithItsTail) {
  TestRandom random(9);
  Bytes png = Png(random);
  const size_t size = png.size();
  AppendTo(png, Bytes(4000));
  std::vector<BlockPlan> plan = Plan(png, {});
  ASSERT_EQ(plan.size(), 1u);
  EXPECT_EQ(plan[0].choice.codec(), kPngCodec.id);
  ExpectCovers(plan, png.size());
  AppendTo(png, Bytes(4000));
  plan = Plan(png, {});
  ASSERT_EQ(plan.size(), 2u);
  EXPECT_EQ(plan[0].size, size);
  ExpectCovers(plan, png.size());
}

TEST(Finders, PngFilesAmongOtherBytesHaveTheirOwnBlocks) {
  TestRandom random(10);
  Bytes bytes = random.Text(20'000);
  const Bytes first = Png(random), second = Png(random);
  AppendTo(bytes, first);
  AppendTo(bytes, random.Text(20'000));
  AppendTo(bytes, second);
  const std::vector<BlockPlan> plan = Plan(bytes, {});
  ASSERT_EQ(plan.size(), 4u);
  for (const size_t i : {1u, 3u}) EXPECT_EQ(plan[i].choice.codec(), kPngCodec.id);
  EXPECT_EQ(plan[1].size, first.size());
  EXPECT_EQ(plan[3].size, second.size());
  ExpectCovers(plan, bytes.size());
}

TEST(Finders, APngFileThatIsCutOrTooLongIsNone) {
  TestRandom random(11);
  Bytes png = Png(random);
  const auto uses_png = [](const std::vector<BlockPlan>& plan) {
    return std::any_of(plan.begin(), plan.end(),
                       [](const BlockPlan& block) { return block.choice.codec() == kPngCodec.id; });
  };
  EXPECT_FALSE(uses_png(Plan(png, {.max_block_size = png.size() - 1})));
  png.pop_back();
  EXPECT_FALSE(uses_png(Plan(png, {})));
  ExpectCovers(Plan(png, {}), png.size());
}

// Signatures without end, in one chain of chunks that leads nowhere: the search gives up before the
// time grows.
TEST(Finders, FalsePngFilesAreGivenUp) {
  const Bytes start = testing::PngFile({.width = 9, .height = 9}, Bytes(1));
  Bytes bytes;
  while (bytes.size() < 8 * kMiB) testing::AppendChunk("fALS", ByteSpan(start).first(33), bytes);
  ExpectCovers(Plan(bytes, {}), bytes.size());
}

TEST(Finders, JpegFilesAreBlocksOfTheirOwn) {
  TestRandom random(14);
  const Bytes first = testing::MakeJpegFile(random, {.width = 300, .height = 200});
  const Bytes second =
      testing::MakeJpegFile(random, {.width = 200, .height = 300, .is_progressive = true});
  Bytes bytes = first;
  AppendTo(bytes, second);
  AppendTo(bytes, random.Text(20'000));
  AppendTo(bytes, testing::MakeJpegFile(random, {.width = 250, .height = 250}));
  const std::vector<BlockPlan> plan = Plan(bytes, {});
  ASSERT_EQ(plan.size(), 4u);
  for (const size_t i : {0u, 1u, 3u}) EXPECT_EQ(plan[i].choice.codec(), kJpegCodec.id);
  EXPECT_EQ(plan[0].size, first.size());
  EXPECT_EQ(plan[1].size, second.size());
  ExpectCovers(plan, bytes.size());
}

// Signatures and segments without end that lead nowhere.
TEST(Finders, FalseJpegFilesAreGivenUp) {
  Bytes bytes;
  while (bytes.size() < 8 * kMiB) {
    AppendTo(bytes, Bytes{0xFF, 0xD8, 0xFF, 0xE0, 0, 5, 0xFF, 0xD8, 0xFF});
  }
  ExpectCovers(Plan(bytes, {}), bytes.size());
}

// Indices into a palette are no samples: `bytes` codes them smaller.
TEST(Finders, APaletteIsLeftToBytes) {
  TestRandom random(13);
  Bytes bmp = ToBytes("BM");
  ByteWriter writer(bmp);
  for (const uint32_t number : {0u, 0u, 1078u, 40u, 200u, 200u}) writer.U32(number);
  writer.Le(1, 2);
  writer.Le(8, 2);
  bmp.resize(54);
  AppendTo(bmp, random.Random(1024));
  for (uint32_t i = 0; i < 40'000; ++i) bmp.push_back(static_cast<uint8_t>(i % 200 + i / 400));
  for (const BlockPlan& block : Plan(bmp, {})) EXPECT_EQ(block.choice.codec(), kBytesCodec.id);
}

}  // namespace
}  // namespace lmz
