#include "codec/image/layout.h"

#include <gtest/gtest.h>

#include <string>

#include "tests/random.h"

namespace lmz {
namespace {

Bytes WithPixels(const std::string& header, size_t size) {
  Bytes bytes = ToBytes(header);
  bytes.resize(bytes.size() + size);
  return bytes;
}

void ExpectLayout(const Bytes& bytes, const ImageLayout& expected) {
  const std::optional<ImageLayout> layout = FindImage(bytes);
  ASSERT_TRUE(layout.has_value());
  EXPECT_EQ(layout->offset, expected.offset);
  EXPECT_EQ(layout->width, expected.width);
  EXPECT_EQ(layout->height, expected.height);
  EXPECT_EQ(layout->row_padding, expected.row_padding);
  EXPECT_EQ(layout->channels, expected.channels);
  EXPECT_EQ(layout->sample_bytes, expected.sample_bytes);
  EXPECT_EQ(layout->is_big_endian, expected.is_big_endian);
}

Bytes Bmp(uint32_t width, uint32_t height, uint32_t depth, uint32_t compression, size_t pixels) {
  Bytes bytes;
  ByteWriter writer(bytes);
  writer.Append(ToBytes("BM"));
  for (const uint32_t field : {0u, 0u, 54u, 40u, width, height}) writer.U32(field);
  writer.Le(1, 2);
  writer.Le(depth, 2);
  for (const uint32_t field : {compression, 0u, 0u, 0u, 0u, 0u}) writer.U32(field);
  bytes.resize(bytes.size() + pixels);
  return bytes;
}

// A TIFF file whose directory stands behind the pixels, in two strips.
Bytes Tiff(bool is_big_endian, uint32_t bits, uint32_t compression, uint32_t second_strip) {
  Bytes bytes = is_big_endian ? Bytes{'M', 'M', 0, 42} : Bytes{'I', 'I', 42, 0};
  const auto number = [&](uint64_t value, int size) {
    for (int i = 0; i < size; ++i) {
      const int shift = 8 * (is_big_endian ? size - 1 - i : i);
      bytes.push_back(static_cast<uint8_t>(value >> shift));
    }
  };
  const uint32_t strip = 20 * 4 * bits / 8;
  const uint32_t directory = 8 + 2 * strip + 16;
  number(directory, 4);
  bytes.resize(8 + 2 * strip);
  for (const uint32_t value : {8u, second_strip, strip, strip}) number(value, 4);
  number(8, 2);
  const auto entry = [&](uint32_t tag, uint32_t count, uint32_t value) {
    number(tag, 2);
    number(4, 2);
    number(count, 4);
    number(value, 4);
  };
  entry(256, 1, 20);
  entry(257, 1, 8);
  entry(258, 1, bits);
  entry(259, 1, compression);
  entry(262, 1, 1);
  entry(273, 2, 8 + 2 * strip);
  entry(277, 1, 1);
  entry(279, 2, 8 + 2 * strip + 8);
  number(0, 4);
  return bytes;
}

TEST(Layout, AnymapsAreRead) {
  ExpectLayout(WithPixels("P5\n20 30\n255\n", 600), {.offset = 13, .width = 20, .height = 30});
  ExpectLayout(WithPixels("P6 # by hand\n# two\n20\t30 255\r", 1800),
               {.offset = 29, .width = 20, .height = 30, .channels = 3});
  ExpectLayout(WithPixels("P6\n20 30\n1023\n", 3600), {.offset = 14,
                                                       .width = 20,
                                                       .height = 30,
                                                       .channels = 3,
                                                       .sample_bytes = 2,
                                                       .is_big_endian = true});
  ExpectLayout(WithPixels("P7\nWIDTH 20\nHEIGHT 30\nDEPTH 4\nMAXVAL 255\nTUPLTYPE RGB_ALPHA\n"
                          "ENDHDR\n",
                          2400),
               {.offset = 67, .width = 20, .height = 30, .channels = 4});
}

TEST(Layout, BitmapsAreRead) {
  ExpectLayout(Bmp(21, 30, 24, 0, 64 * 30),
               {.offset = 54, .width = 21, .height = 30, .row_padding = 1, .channels = 3});
  // A negative height: rows from the top.
  ExpectLayout(Bmp(20, 0u - 30, 32, 3, 2400),
               {.offset = 54, .width = 20, .height = 30, .channels = 4});
  EXPECT_FALSE(FindImage(Bmp(20, 30, 24, 1, 1800))) << "compressed";
  EXPECT_FALSE(FindImage(Bmp(20, 30, 16, 0, 1800))) << "packed samples";
  EXPECT_FALSE(FindImage(Bmp(20, 30, 8, 0, 1800))) << "no palette";
}

// Comments and white space anywhere: what readers accept, one way or another.
TEST(Layout, OddHeadersOfAnymapsAreRead) {
  const ImageLayout gray = {.width = 20, .height = 30};
  for (const char* header :
       {"P5#a\n20#b\n30#c\n255\n", "P5\n\n  20\t\v30\f255 ", "P5\r\n20 30\r\n255\r\n",
        "P5\n# 1 2 3\n#\n20 30 # four\n255#\n", "P5\n20 30\n255\n# by a program\n",
        "P5\n20 30\n255\n#one\n#two\n",
        "P7\r\n# gray\r\nDEPTH 1\r\nMAXVAL 255\r\nHEIGHT 30\r\nWIDTH 20\r\nENDHDR\r\n"}) {
    ImageLayout expected = gray;
    expected.offset = std::string_view(header).size();
    ExpectLayout(WithPixels(header, 600), expected);
  }
  // The first pixel is a '#': what follows is as many bytes as there are pixels.
  Bytes file = WithPixels("P5\n20 30\n255\n", 600);
  file[13] = '#';
  file[40] = '\n';
  ExpectLayout(file, {.offset = 13, .width = 20, .height = 30});
}

Bytes Tga(uint8_t type, uint8_t depth, uint8_t flags, size_t note, size_t pixels) {
  Bytes bytes = {
      static_cast<uint8_t>(note), 0, type, 0, 0, 0, 0, 0, 0, 0, 0, 0, 20, 0, 30, 0, depth, flags};
  bytes.resize(18 + note + pixels);
  return bytes;
}

TEST(Layout, TgaFilesAreRead) {
  ExpectLayout(Tga(2, 24, 0, 0, 1800), {.offset = 18, .width = 20, .height = 30, .channels = 3});
  ExpectLayout(Tga(2, 32, 0x28, 9, 2400), {.offset = 27, .width = 20, .height = 30, .channels = 4});
  ExpectLayout(Tga(3, 8, 0x20, 0, 600), {.offset = 18, .width = 20, .height = 30});
  EXPECT_FALSE(FindImage(Tga(10, 24, 0, 0, 1800))) << "runs";
  EXPECT_FALSE(FindImage(Tga(1, 8, 0, 0, 600))) << "a palette";
  EXPECT_FALSE(FindImage(Tga(2, 16, 0, 0, 1200))) << "packed samples";
  EXPECT_FALSE(FindImage(Tga(2, 24, 0xC0, 0, 1800))) << "interleaved rows";
}

TEST(Layout, BitmapsOfOs2AreRead) {
  Bytes core;
  ByteWriter writer(core);
  writer.Append(ToBytes("BM"));
  for (const uint32_t field : {0u, 0u, 26u, 12u}) writer.U32(field);
  for (const uint64_t field : {21u, 30u, 1u, 24u}) writer.Le(field, 2);
  core.resize(26 + 64 * 30);
  ExpectLayout(core, {.offset = 26, .width = 21, .height = 30, .row_padding = 1, .channels = 3});
  core[24] = 8;
  core[10] = static_cast<uint8_t>(26 + 768);
  core[11] = (26 + 768) >> 8;
  core.resize(26 + 768 + 24 * 30);
  EXPECT_FALSE(FindImage(core)) << "a palette of black";
  for (size_t i = 0; i < 768; ++i) core[26 + i] = static_cast<uint8_t>(i / 3);
  ExpectLayout(core, {.offset = 26 + 768, .width = 21, .height = 30, .row_padding = 3});

  // OS/2 2.x: as many fields as the size says, which go on behind those of Windows.
  for (const uint8_t size : Bytes{16, 64}) {
    Bytes bytes = Bmp(20, 30, 24, size == 16 ? 77 : 0, 1800);
    bytes[14] = size;
    ExpectLayout(bytes, {.offset = 54, .width = 20, .height = 30, .channels = 3});
  }
}

TEST(Layout, PlanesOfTiffAreKnown) {
  Bytes bytes = Tiff(false, 8, 1, 8 + 80);
  const size_t directory = bytes.size() - 4 - 8 * 12;
  // The entry for the resolution, say, becomes that for the order of samples; two samples a pixel.
  const auto set = [&](size_t entry, uint8_t tag_low, uint8_t tag_high, uint8_t value) {
    bytes[directory + 12 * entry] = tag_low;
    bytes[directory + 12 * entry + 1] = tag_high;
    bytes[directory + 12 * entry + 8] = value;
  };
  set(3, 284 & 255, 284 >> 8, 2);
  set(6, 277 & 255, 277 >> 8, 2);
  set(1, 257 & 255, 257 >> 8, 4);
  const std::optional<ImageLayout> layout = FindImage(bytes);
  ASSERT_TRUE(layout.has_value());
  EXPECT_TRUE(layout->is_planar);
  EXPECT_EQ(layout->end(), 8u + 160);
  EXPECT_EQ(layout->Stacked().height, 8u);
  EXPECT_EQ(layout->Stacked().channels, 1u);
  EXPECT_TRUE(layout->Within(8 + 160).is_planar);
  const ImageLayout cut = layout->Within(8 + 130);
  EXPECT_FALSE(cut.is_planar);
  EXPECT_EQ(cut.height, 6u);
}

TEST(Layout, TiffFilesAreRead) {
  ExpectLayout(Tiff(false, 8, 1, 8 + 80), {.offset = 8, .width = 20, .height = 8});
  ExpectLayout(Tiff(true, 16, 1, 8 + 160),
               {.offset = 8, .width = 20, .height = 8, .sample_bytes = 2, .is_big_endian = true});
  EXPECT_FALSE(FindImage(Tiff(false, 8, 5, 8 + 80))) << "compressed";
  EXPECT_FALSE(FindImage(Tiff(false, 8, 1, 8 + 81))) << "a gap between the strips";
  EXPECT_FALSE(FindImage(Tiff(false, 1, 1, 8 + 10))) << "bits";
}

TEST(Layout, LyingHeadersAreRefusedOrCutToWhatIsThere) {
  for (const char* header : {"",
                             "P",
                             "P6",
                             "P6\n",
                             "P6\n20",
                             "P6\n20 30",
                             "P6\n20 30\n255",
                             "P6\n15 30\n255\n",
                             "P6\n32769 30\n255\n",
                             "P6\n20 0\n255\n",
                             "P6\n20 30\n0\n",
                             "P6\n20 30\n65536\n",
                             "P6\n4294967316 30\n255\n",
                             "P6\n20 99999999999999999999\n255\n",
                             "P6\n-20 30\n255\n",
                             "P4\n20 30\n",
                             "P7\nWIDTH 20\nHEIGHT 30\nDEPTH 5\nMAXVAL 255\nENDHDR\n",
                             "P7\nWIDTH 20\n",
                             "BM",
                             "II*",
                             "II*\0\xFF\xFF\xFF\xFF",
                             "MM"}) {
    EXPECT_FALSE(FindImage(ToBytes(header))) << header;
  }
  const Bytes cut = WithPixels("P5\n20 268435455\n255\n", 205);
  const std::optional<ImageLayout> layout = FindImage(cut);
  ASSERT_TRUE(layout.has_value());
  EXPECT_FALSE(layout->Fits(cut.size()));
  const ImageLayout present = layout->Within(cut.size());
  EXPECT_EQ(present.height, 10u);
  EXPECT_TRUE(present.Fits(cut.size()));
  EXPECT_EQ(layout->Within(layout->offset + 19).width, 0u);
  EXPECT_EQ(layout->Within(3).width, 0u);
}

// Every cut and every changed byte of real headers: nothing is read out of bounds, and what is
// found is valid.
TEST(Layout, DamagedHeadersAreHarmless) {
  TestRandom random(1);
  const Bytes files[] = {WithPixels("P6\n20 30\n255\n", 1800),
                         Bmp(21, 30, 24, 0, 1920),
                         Tiff(false, 8, 1, 88),
                         Tiff(true, 16, 1, 168),
                         Tga(2, 24, 0, 9, 1800),
                         WithPixels("P7\nWIDTH 20\nHEIGHT 30\nDEPTH 4\nMAXVAL 255\nENDHDR\n", 99)};
  for (const Bytes& file : files) {
    for (size_t size = 0; size < file.size(); size += 1 + size / 100) {
      const Bytes cut(file.begin(), file.begin() + static_cast<ptrdiff_t>(size));
      const auto layout = FindImage(cut);
      EXPECT_TRUE(!layout || layout->IsValid());
    }
    for (int trial = 0; trial < 20000; ++trial) {
      Bytes other = file;
      const size_t header = std::min<size_t>(file.size(), 64);
      const size_t at =
          random.Below(2) == 0 ? random.Below(header) : file.size() - 1 - random.Below(header);
      other[at] = static_cast<uint8_t>(random.Next());
      const auto layout = FindImage(other);
      EXPECT_TRUE(!layout || layout->IsValid());
    }
  }
}

}  // namespace
}  // namespace lmz
