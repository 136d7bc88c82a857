#include "codec/image/image.h"

#include <gtest/gtest.h>

#include "codec/bytes/bytes.h"
#include "codec/image/color_table.h"
#include "codec/image/kernels/least_squares_kernels.h"
#include "tests/random.h"
#include "tests/recipes.h"

namespace lmz {
namespace {

using image::ColorTable;
using image::Raster;

// A smooth surface with some noise, in samples of one byte.
Bytes Surface(TestRandom& random, const ImageLayout& layout, size_t tail) {
  Bytes bytes = random.Random(static_cast<size_t>(layout.end()) + tail);
  for (uint64_t y = 0; y < layout.height; ++y) {
    for (uint64_t i = 0; i < layout.pixel_row_size(); ++i) {
      const uint64_t x = i / layout.channels;
      const uint64_t value = 40 + x + 2 * y + i % layout.channels * 20 + random.Below(4);
      bytes[static_cast<size_t>(layout.offset + y * layout.row_size() + i)] =
          static_cast<uint8_t>(value % 240);
    }
  }
  return bytes;
}

Bytes Encode(const Bytes& raw, const ImageLayout& layout, uint32_t* fingerprint = nullptr) {
  Bytes payload;
  const Result<uint32_t> state = EncodeImage(raw, {.layout = layout}, {}, payload);
  EXPECT_TRUE(state.ok()) << state.status().message();
  if (fingerprint != nullptr) *fingerprint = state.value();
  return payload;
}

void ExpectComesBack(const Bytes& raw, const ImageLayout& layout) {
  uint32_t fingerprint = 0;
  const Bytes payload = Encode(raw, layout, &fingerprint);
  EXPECT_LE(raw.size(), MaxRawSizeOfImage(payload.size()));
  Bytes back(raw.size());
  const Result<uint32_t> state = DecodeImage(payload, {}, back);
  ASSERT_TRUE(state.ok()) << state.status().message();
  EXPECT_EQ(state.value(), fingerprint);
  EXPECT_EQ(back, raw);
}

TEST(Image, EveryShapeComesBack) {
  TestRandom random(1);
  for (uint32_t channels = 1; channels <= 4; ++channels) {
    for (const uint32_t sample_bytes : {1u, 2u}) {
      for (const uint32_t width : {16u, 17u, 40u}) {
        for (const uint32_t padding : {0u, 3u}) {
          ImageLayout layout;
          layout.offset = random.Below(30);
          layout.width = width;
          layout.height = static_cast<uint32_t>(1 + random.Below(30));
          layout.row_padding = padding;
          layout.channels = channels;
          layout.sample_bytes = sample_bytes;
          layout.is_big_endian = sample_bytes == 2 && random.Below(2) == 0;
          ExpectComesBack(Surface(random, layout, random.Below(10)), layout);
          if (channels == 1) continue;
          layout.is_planar = true;
          ExpectComesBack(random.Random(static_cast<size_t>(layout.end()) + 5), layout);
        }
      }
    }
  }
}

TEST(Image, PlanesAreAsGoodAsPixels) {
  TestRandom random(9);
  const ImageLayout pixels = {.width = 64, .height = 48, .channels = 3};
  const Bytes raw = Surface(random, pixels, 0);
  ImageLayout planes = pixels;
  planes.is_planar = true;
  Bytes parted;
  for (size_t channel = 0; channel < 3; ++channel) {
    for (size_t i = channel; i < raw.size(); i += 3) parted.push_back(raw[i]);
  }
  ExpectComesBack(parted, planes);
  EXPECT_EQ(Encode(parted, planes).size(), Encode(raw, pixels).size());
}

TEST(Image, NoiseAndExtremesComeBack) {
  TestRandom random(2);
  for (const uint32_t sample_bytes : {1u, 2u}) {
    const ImageLayout layout = {
        .width = 33, .height = 20, .channels = 3, .sample_bytes = sample_bytes};
    const auto size = static_cast<size_t>(layout.end());
    ExpectComesBack(random.Random(size), layout);
    ExpectComesBack(random.From(Bytes{0, 255}, size), layout);
    ExpectComesBack(Bytes(size, 0), layout);
    ExpectComesBack(Bytes(size, 255), layout);
  }
}

TEST(Image, SamplesOfAnyDepthComeBack) {
  TestRandom random(3);
  for (int bits = 1; bits <= 16; ++bits) {
    const ImageLayout layout = {
        .width = 20, .height = 20, .channels = 1, .sample_bytes = 2, .is_big_endian = true};
    Bytes raw;
    for (int i = 0; i < 400; ++i) {
      const uint64_t sample = random.Next() % (uint64_t{1} << bits);
      raw.push_back(static_cast<uint8_t>(sample >> 8));
      raw.push_back(static_cast<uint8_t>(sample));
    }
    ExpectComesBack(raw, layout);
  }
}

TEST(Image, WhatIsNoImageGoesToBytes) {
  const Bytes words = testing::MakeWords(500);
  ExpectComesBack(words, {});
  Bytes bytes_payload;
  ASSERT_TRUE(EncodeBytes(words, {}, {}, bytes_payload).ok());
  EXPECT_LE(Encode(words, {}).size(), bytes_payload.size() + 3);
}

TEST(Image, HeadersAreFoundWithoutBeingTold) {
  const Bytes photo = testing::MakePhoto(30000);
  ExpectComesBack(photo, {});
  Bytes bytes_payload;
  ASSERT_TRUE(EncodeBytes(photo, {.profile = Profile::kBinary}, {}, bytes_payload).ok());
  EXPECT_LT(Encode(photo, {}).size(), bytes_payload.size() * 9 / 10);
}

TEST(Image, EveryInstructionSetGivesTheSameBytes) {
  const Bytes photo = testing::MakePhoto(5000);
  const Bytes expected = Encode(photo, {});
  for (const auto& build : LeastSquaresBuilds()) {
    const FeatureLimit limit(build.set.needs);
    EXPECT_EQ(Encode(photo, {}), expected) << build.set.name;
  }
}

TEST(Image, LayoutsThatDoNotFitAreRefused) {
  Bytes payload;
  const Bytes raw(1000);
  const ImageOptions options = {.layout = {.width = 20, .height = 51}};
  EXPECT_EQ(EncodeImage(raw, options, {}, payload).status().code(), Code::kInvalidArgument);
}

// Payload: Width, Height, Format, Period, Offset, Padding, Rest_Size, Rest, Code.
TEST(Image, GeometryThatCannotBeIsDamage) {
  const auto code_of = [](uint64_t width, uint64_t height, uint8_t format, uint8_t period,
                          uint64_t offset, uint64_t padding) {
    Bytes payload;
    ByteWriter writer(payload);
    writer.Varint(width);
    writer.Varint(height);
    writer.U8(format);
    writer.U8(period);
    writer.Varint(offset);
    writer.Varint(padding);
    Bytes raw(1200);
    return DecodeImage(payload, {}, raw).status().code();
  };
  constexpr uint64_t kHuge = UINT64_MAX;
  for (const uint64_t width : {uint64_t{1}, uint64_t{15}, uint64_t{32769}, kHuge}) {
    EXPECT_EQ(code_of(width, 20, 2, 0, 0, 0), Code::kDamaged);
  }
  for (const uint64_t height : {uint64_t{0}, uint64_t{21}, uint64_t{1} << 29, kHuge}) {
    EXPECT_EQ(code_of(20, height, 2, 0, 0, 0), Code::kDamaged);
  }
  EXPECT_EQ(code_of(20, 20, 2, 0, 1, 0), Code::kDamaged);
  EXPECT_EQ(code_of(20, 20, 2, 0, kHuge, 0), Code::kDamaged);
  EXPECT_EQ(code_of(20, 20, 2, 0, 0, 1), Code::kDamaged);
  EXPECT_EQ(code_of(20, 20, 2, 0, 0, kHuge), Code::kDamaged);
  EXPECT_EQ(code_of(20, 20, 2 | 0x10, 0, 0, 0), Code::kDamaged) << "nine bits in a byte";
  EXPECT_EQ(code_of(20, 20, 2 | 0x08, 0, 0, 0), Code::kDamaged) << "byte order of one byte";
  EXPECT_EQ(code_of(20, 20, 2, 33, 0, 0), Code::kDamaged) << "period";
  EXPECT_EQ(code_of(20, 20, 0, 1, 0, 0), Code::kDamaged) << "period without colours";
}

TEST(Image, CutAndLongerPayloadsAreErrors) {
  const Bytes photo = testing::MakePhoto(3000);
  const Bytes payload = Encode(photo, {});
  Bytes back(photo.size());
  for (size_t size = 0; size + 8 < payload.size(); size += 1 + size / 8) {
    const Code code = DecodeImage(ByteSpan(payload).first(size), {}, back).status().code();
    EXPECT_TRUE(code == Code::kTruncated || code == Code::kDamaged) << size;
  }
  Bytes longer = payload;
  longer.resize(longer.size() + 20, 0x55);
  EXPECT_EQ(DecodeImage(longer, {}, back).status().code(), Code::kDamaged);
}

TEST(ColorTable, FindsThePeriodOfALattice) {
  TestRandom random(5);
  Raster raster(64, 64, 3, 8);
  const auto fill = [&](auto sample) {
    for (ptrdiff_t y = 0; y < 64; ++y) {
      for (ptrdiff_t x = 0; x < 64; ++x) {
        const auto gray = static_cast<int>(random.Below(140));
        const auto a = static_cast<int>(random.Below(10));
        const auto b = static_cast<int>(random.Below(10));
        for (size_t p = 0; p < 3; ++p) {
          raster.Row(p, y)[x] = static_cast<uint16_t>(sample(p, gray, a, b));
        }
      }
    }
  };
  // Colours of any kind.
  fill([&](size_t, int, int, int) { return random.Below(40); });
  EXPECT_EQ(ColorTable::FindPeriod(raster), 0u);
  // Every third difference.
  fill([](size_t p, int gray, int a, int b) {
    return gray + (p == 1 ? 3 * a : p == 2 ? 3 * b : 0);
  });
  EXPECT_EQ(ColorTable::FindPeriod(raster), 1u);
  // Gray in steps of 7 / 5: five of seven.
  fill([](size_t p, int gray, int a, int b) {
    return gray * 7 / 5 + (p == 1 ? 4 * a : p == 2 ? 4 * b + gray * 7 / 5 % 7 % 2 : 0);
  });
  EXPECT_EQ(ColorTable::FindPeriod(raster) % 7, 0u);
}

}  // namespace
}  // namespace lmz
