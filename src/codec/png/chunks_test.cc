#include "codec/png/chunks.h"

#include <gtest/gtest.h>

#include "codec/png/scanlines.h"
#include "tests/png_builder.h"

namespace lmz::png {
namespace {

TEST(Checks, AreThoseOfTheStandards) {
  EXPECT_EQ(Crc32(ToBytes("123456789")), 0xCBF43926u);
  EXPECT_EQ(Crc32({}), 0u);
  EXPECT_EQ(Adler32(ToBytes("Wikipedia")), 0x11E60398u);
  EXPECT_EQ(Adler32({}), 1u);
  EXPECT_EQ(Adler32(Bytes(100000, 255)), 0x149A302Cu);
}

TEST(Chunks, AFileIsFound) {
  const Bytes file =
      testing::PngFile({.width = 3, .height = 5, .depth = 16, .color = 4}, Bytes(100), 30);
  Bytes longer = file;
  AppendTo(longer, Bytes(50));
  const std::optional<File> found = FindFile(longer);
  ASSERT_TRUE(found.has_value());
  EXPECT_EQ(found->size, file.size());
  EXPECT_EQ(found->idat_chunks, 4u);
  EXPECT_EQ(found->idat_end - found->idat_begin, 100 + 4 * kChunkFrame);
  EXPECT_EQ(found->idat_end + kChunkFrame, file.size());
  EXPECT_EQ(found->format.width, 3u);
  EXPECT_EQ(found->format.height, 5u);
  EXPECT_EQ(found->format.channels, 2u);
  EXPECT_EQ(found->format.sample_bytes, 2u);
}

TEST(Chunks, WhatIsCutOrMalformedIsNot) {
  const Bytes file = testing::PngFile({.width = 3, .height = 5}, Bytes(100));
  for (size_t size = 0; size < file.size(); ++size) {
    EXPECT_FALSE(FindFile(ByteSpan(file).first(size)).has_value()) << size;
  }
  for (const size_t place : {0u, 11u, 12u, 24u, 25u}) {  // signature, size, type, depth, colour
    Bytes other = file;
    other[place] = 5;
    EXPECT_FALSE(FindFile(other).has_value()) << place;
  }
  EXPECT_FALSE(FindFile(testing::PngFile({.width = 3, .height = 5}, {})).has_value());
}

TEST(Chunks, CrcsComeBackAsFarAsTheyAreRight) {
  const Bytes file = testing::PngFile({.width = 3, .height = 5}, Bytes(100), 30);
  for (const size_t wrong : {size_t{0}, size_t{32}, file.size() - 1}) {
    Bytes other = file;
    if (wrong != 0) other[wrong] ^= 1;
    Bytes stripped;
    const size_t chunks = StripCrcs(other, kSignatureSize, stripped);
    EXPECT_EQ(chunks, wrong == 0 ? 7u : wrong == 32 ? 0u : 6u);
    EXPECT_EQ(stripped.size(), other.size() - 4 * chunks);
    Bytes restored;
    EXPECT_TRUE(RestoreCrcs(stripped, kSignatureSize, chunks, restored));
    EXPECT_EQ(restored, other);
    EXPECT_FALSE(RestoreCrcs(stripped, kSignatureSize, 20, restored));
  }
}

TEST(Scanlines, FilteredRowsComeBack) {
  TestRandom random(1);
  for (const uint32_t pixel_size : {1u, 3u, 8u}) {
    for (const uint64_t row_size : {uint64_t{1}, uint64_t{8}, uint64_t{50}}) {
      const Scanlines lines = {row_size, pixel_size};
      Bytes data;
      for (uint8_t type = 0; type < 10; ++type) {
        data.push_back(type % 5);
        AppendTo(data, random.Random(static_cast<size_t>(row_size)));
      }
      Bytes types, pixels, again;
      ASSERT_TRUE(lines.Fits(data.size()));
      ASSERT_TRUE(Unfilter(lines, data, types, pixels));
      ASSERT_TRUE(Filter(lines, types, pixels, again));
      EXPECT_EQ(again, data);
      EXPECT_EQ(types.size() + pixels.size(), data.size());
    }
  }
}

// By hand: each filter with a neighbour on the left, above and in the corner.
TEST(Scanlines, FiltersExpectWhatTheStandardSays) {
  const Bytes pixels = {10, 20, 30, 50, 10, 20, 30, 57};
  Bytes data;
  const Scanlines lines = {2, 1};
  ASSERT_TRUE(Filter(lines, Bytes{0, 1, 2, 4}, pixels, data));
  EXPECT_EQ(data, (Bytes{0, 10, 20, 1, 30, 20, 2, 236, 226, 4, 20, 27}));
  EXPECT_FALSE(Filter(lines, Bytes{5}, pixels, data));
}

}  // namespace
}  // namespace lmz::png
