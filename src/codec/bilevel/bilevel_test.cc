#include "codec/bilevel/bilevel.h"

#include <gtest/gtest.h>

#include "base/hash.h"
#include "codec/bilevel/pixel_model.h"
#include "codec/bytes/bytes.h"
#include "tests/codec_round_trip.h"
#include "tests/random.h"

namespace lmz {
namespace {

// Rows of blobs, one of forty a place, as a page of text has them.
Bytes Page(uint32_t width, uint32_t height, bool is_lowest_first) {
  TestRandom random(3);
  std::vector<uint8_t> pixels(size_t{width} * height);
  for (uint32_t top = 3; top + 12 < height; top += 16) {
    for (uint32_t left = 5; left + 10 < width; left += 11) {
      const uint64_t glyph = SplitMix64(random.Next() % 40);
      for (uint32_t i = 0; i < 80; ++i) {
        const bool is_set = (glyph >> i / 2 % 40 & 1) != 0;
        pixels[size_t{top + i / 8} * width + left + i % 8] = is_set ? 1 : 0;
      }
    }
  }
  Bytes bytes((pixels.size() + 7) / 8);
  for (size_t i = 0; i < pixels.size(); ++i) {
    const size_t place = is_lowest_first ? i % 8 : 7 - i % 8;
    bytes[i / 8] = static_cast<uint8_t>(bytes[i / 8] | pixels[i] << place);
  }
  return bytes;
}

Bytes Coded(const Bytes& raw, const BilevelOptions& options) {
  return testing::RoundTrip(kBilevelCodec, raw, options);
}

TEST(Bilevel, PagesTakeLessThanAsBytes) {
  for (const uint32_t width : {200u, 333u, 1728u}) {
    for (const bool is_lowest_first : {false, true}) {
      const Bytes page = Page(width, 300, is_lowest_first);
      Bytes bytes;
      ASSERT_TRUE(EncodeBytes(page, {.profile = Profile::kBinary}, {}, bytes).ok());
      const Bytes payload = Coded(page, {.width = width, .is_lowest_first = is_lowest_first});
      EXPECT_LT(payload.size(), bytes.size() * 3 / 4) << width;
    }
  }
}

TEST(Bilevel, BitOrderOnlyTellsWhereAPixelStands) {
  const Bytes high = Coded(Page(256, 100, false), {.width = 256});
  const Bytes low = Coded(Page(256, 100, true), {.width = 256, .is_lowest_first = true});
  ASSERT_EQ(high.size(), low.size());
  EXPECT_TRUE(std::equal(high.begin() + 3, high.end(), low.begin() + 3));
}

TEST(Bilevel, EmptyPagesTakeNearlyNothing) {
  EXPECT_LT(Coded(Bytes(200'000), {.width = 1728}).size(), 60u);
  EXPECT_LT(Coded(Bytes(200'000, 0xFF), {.width = 1728}).size(), 60u);
}

TEST(Bilevel, AnyBytesComeBackInAnyWidth) {
  TestRandom random(9);
  for (const uint32_t width : {32u, 33u, 64u, 4095u, 65536u}) {
    for (const size_t size : {1u, 7u, 500u, 9000u}) {
      Bytes raw(size);
      for (uint8_t& byte : raw) byte = static_cast<uint8_t>(random.Next() & random.Next());
      Coded(raw, {.width = width, .is_lowest_first = size % 2 != 0});
    }
  }
}

TEST(Bilevel, RefusesWhatItsFieldsCannotBe) {
  Bytes payload;
  EXPECT_EQ(EncodeBilevel(Bytes(9), {.width = 31}, {}, payload).status().code(),
            Code::kInvalidArgument);
  EXPECT_EQ(EncodeBilevel(Bytes(9), {.width = 65537}, {}, payload).status().code(),
            Code::kInvalidArgument);
  payload = Coded(Page(200, 40, false), {.width = 200});
  Bytes raw(1000);
  const auto error = [&](const Bytes& bytes) {
    return DecodeBilevel(bytes, {}, raw).status().code();
  };
  Bytes narrow = payload;
  narrow[0] = 31;
  narrow.erase(narrow.begin() + 1);
  EXPECT_EQ(error(narrow), Code::kDamaged);
  Bytes flags = payload;
  flags[2] = 2;
  EXPECT_EQ(error(flags), Code::kDamaged);
  Bytes longer = payload;
  longer.insert(longer.end(), 20, 0);
  EXPECT_EQ(error(longer), Code::kDamaged);
  EXPECT_EQ(error(Bytes(payload.begin(), payload.begin() + 10)), Code::kTruncated);
  EXPECT_EQ(error(Bytes(1, 200)), Code::kTruncated);
}

TEST(Bilevel, TheCallerCanStopIt) {
  BlockResources resources;
  resources.report = [](uint64_t done, uint64_t) { return done < 4096; };
  Bytes payload;
  EXPECT_EQ(EncodeBilevel(Bytes(9000), {}, resources, payload).status().code(), Code::kCancelled);
}

}  // namespace
}  // namespace lmz
