#include "plan/join.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "model/library.h"
#include "plan/contest/contest.h"
#include "tests/random.h"

namespace lmz {
namespace {

// Grey pixels that follow their neighbours, with some noise.
Bytes Pixels(uint64_t seed, size_t width, size_t height) {
  TestRandom random(seed);
  Bytes pixels(width * height);
  for (size_t y = 0; y < height; ++y) {
    for (size_t x = 0; x < width; ++x) {
      const size_t left = x != 0 ? pixels[y * width + x - 1] : 128;
      const size_t above = y != 0 ? pixels[(y - 1) * width + x] : 128;
      const size_t next = (left + above) / 2 + random.Below(17);
      pixels[y * width + x] = static_cast<uint8_t>(next < 8 ? 0 : next > 263 ? 255 : next - 8);
    }
  }
  return pixels;
}

void Append(Bytes& to, ByteSpan bytes) {
  to.insert(to.end(), bytes.begin(), bytes.end());
}

Bytes Pgm(size_t width, const Bytes& pixels) {
  Bytes file = ToBytes("P5\n" + std::to_string(width) + " " +
                       std::to_string(pixels.size() / width) + "\n255\n");
  Append(file, pixels);
  return file;
}

struct Coding {
  std::vector<BlockPlan> plan;
  size_t size = 0;
};

// Plans and codes `raw`, and decodes it again.
Coding Code(const Bytes& raw, const PlanOptions& options = {}) {
  Coding coding = {.plan = Plan(raw, options)};
  Bytes back;
  for (const BlockPlan& block : coding.plan) {
    EXPECT_EQ(block.offset, back.size());
    EXPECT_LE(block.size, options.max_block_size);
    const ByteSpan bytes = ByteSpan(raw).subspan(back.size(), static_cast<size_t>(block.size));
    Bytes payload;
    const Result<BlockHeader> header = EncodePlanned(bytes, block, nullptr, payload, {});
    EXPECT_TRUE(header.ok());
    Bytes decoded(bytes.size());
    const Status status = DecodeBlock(header.value(), payload, decoded);
    EXPECT_TRUE(status.ok()) << status.message();
    Append(back, decoded);
    coding.size += payload.size();
  }
  EXPECT_EQ(back, raw);
  return coding;
}

size_t SizeAsBytes(const Bytes& raw) {
  Bytes payload;
  const BlockChoice choice = {.options = BytesOptions{.profile = Profile::kBinary},
                              .filters = kFilterRepeat};
  EXPECT_TRUE(EncodeBlock(raw, choice, payload).ok());
  return payload.size();
}

void ExpectNoLarger(size_t size, size_t than) {
  EXPECT_LE(size, than + than / 100 + 64);
}

TEST(Join, SeveralObjectsAndTextTwiceTakeNoMoreThanOnce) {
  TestRandom random(1);
  Bytes once = Pgm(400, Pixels(1, 400, 340));
  Append(once, random.Text(9'000));
  Append(once, Pgm(400, Pixels(2, 400, 350)));
  Append(once, random.Text(5'000));
  Bytes twice = once;
  Append(twice, once);
  const Coding coding = Code(twice);
  ASSERT_EQ(coding.plan.size(), 1u);
  ExpectNoLarger(coding.size, Code(once).size);
}

// The rows of a picture stand in a BMP file from the bottom up, and each has its padding: all
// copies are as short as a row.
TEST(Join, ThePictureInAnotherFormatIsCopied) {
  const Bytes pixels = Pixels(5, 621, 300);
  const Bytes pgm = Pgm(621, pixels);
  Bytes both = pgm;
  AppendTo(both, Bytes(3));
  Bytes bmp = ToBytes("BM");
  ByteWriter writer(bmp);
  for (const uint32_t field : {0u, 0u, 54u + 1024, 40u, 621u, 300u}) writer.U32(field);
  writer.Le(1, 2);
  writer.Le(8, 2);
  for (int i = 0; i < 6; ++i) writer.U32(0);
  for (uint32_t i = 0; i < 256; ++i) writer.U32(i * 0x010101);
  for (size_t y = 300; y-- > 0;) {
    writer.Append(ByteSpan(pixels).subspan(621 * y, 621));
    bmp.resize(bmp.size() + 3);
  }
  AppendTo(both, bmp);
  EXPECT_LT(Code(both).size, Code(pgm).size * 11 / 10);
}

// A block's size bounds what is joined: then copies far away are coded again.
TEST(Join, NoBlockIsLargerThanItMay) {
  Bytes raw = Pgm(400, Pixels(1, 400, 340));
  Append(raw, Pgm(400, Pixels(2, 400, 340)));
  Append(raw, Pgm(400, Pixels(1, 400, 340)));
  EXPECT_EQ(Code(raw).plan.size(), 1u);
  EXPECT_GE(Code(raw, {.max_block_size = 300'000}).plan.size(), 3u);
}

TEST(Join, ObjectsThatShareNothingStayApart) {
  Bytes raw = Pgm(400, Pixels(1, 400, 340));
  Append(raw, Pgm(400, Pixels(2, 400, 340)));
  const std::vector<BlockPlan> plan = Plan(raw, {});
  ASSERT_EQ(plan.size(), 2u);
  EXPECT_TRUE(plan[0].parts.empty());
}

// What is left between the copies is still a picture.
TEST(Join, StackedTextures) {
  const Bytes first = Pixels(1, 128, 100), second = Pixels(2, 128, 100);
  Bytes once = first, stacked = first;
  Append(once, second);
  for (const Bytes* texture : {&first, &second, &first, &second}) Append(stacked, *texture);
  const size_t size = Code(Pgm(128, stacked)).size;
  ExpectNoLarger(size, Code(Pgm(128, once)).size);
  EXPECT_LT(size, SizeAsBytes(stacked) * 9 / 10);
}

TEST(ObjectContest, TilesAndFramesAreNoLargerThanWithoutTheirHeader) {
  TestRandom random(5);
  const Bytes tiles = Pixels(3, 16, 16 * 12);
  Bytes map;
  for (int row = 0; row < 10; ++row) {
    std::vector<size_t> chosen(16);
    for (size_t& tile : chosen) tile = random.Below(12);
    for (size_t y = 0; y < 16; ++y) {
      for (const size_t tile : chosen) {
        Append(map, ByteSpan(tiles).subspan((tile * 16 + y) * 16, 16));
      }
    }
  }
  ExpectNoLarger(Code(Pgm(256, map)).size, SizeAsBytes(map));

  const Bytes scene = Pixels(4, 160, 120);
  const Bytes sprite = Pixels(5, 24, 30);
  Bytes film;
  for (size_t frame = 0; frame < 6; ++frame) {
    Bytes picture = scene;
    for (size_t y = 0; y < 30; ++y) {
      std::copy_n(sprite.begin() + static_cast<std::ptrdiff_t>(y * 24), 24,
                  picture.begin() + static_cast<std::ptrdiff_t>((50 + y) * 160 + 10 + 20 * frame));
    }
    Append(film, picture);
  }
  ExpectNoLarger(Code(Pgm(160, film)).size, SizeAsBytes(film));
}

}  // namespace
}  // namespace lmz
