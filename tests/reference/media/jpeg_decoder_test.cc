// The second decoder of `jpeg` on more than the golden files: all shapes, files of libjpeg.
#include "tests/reference/media/jpeg_decoder.h"

#include <gtest/gtest.h>

#include "codec/jpeg/fields.h"
#include "codec/jpeg/jpeg.h"
#include "tests/corpora.h"
#include "tests/jpeg_builder.h"
#include "tests/paths.h"

namespace lmz {
namespace {

using testing::JpegShape;

// What the fields must say, so that a test decodes what it means to.
using Expected = bool (*)(const jpeg::Fields& fields);

bool IsWhole(const jpeg::Fields& fields) {
  return fields.scans.last_units == 0 && fields.thumbnail.size == 0;
}
bool IsCut(const jpeg::Fields& fields) {
  return fields.scans.last_units != 0;
}
bool HasThumbnail(const jpeg::Fields& fields) {
  return fields.thumbnail.size != 0;
}

void ExpectDecoded(const Bytes& raw, jpeg::Strength strength, Expected expected) {
  Bytes payload;
  const Result<uint32_t> state = EncodeJpeg(raw, {.strength = strength}, {}, payload);
  ASSERT_TRUE(state.ok()) << state.status().message();
  ASSERT_EQ(payload.at(0), jpeg::kKindJpeg);
  ByteReader reader(ByteSpan(payload).subspan(1));
  const Result<jpeg::Fields> fields = jpeg::Fields::Read(reader, raw.size());
  ASSERT_TRUE(fields.ok() && expected(fields.value()));
  EXPECT_EQ(fields.value().strength, strength);
  try {
    const reference::Decoded decoded = reference::DecodeJpegCodec(payload, raw.size());
    EXPECT_EQ(decoded.raw, raw);
    EXPECT_EQ(decoded.fingerprint, state.value());
  } catch (const reference::Damage& damage) {
    ADD_FAILURE() << damage.what();
  }
}

void ExpectDecoded(const Bytes& raw, Expected expected = IsWhole) {
  ExpectDecoded(raw, jpeg::Strength::kFull, expected);
  ExpectDecoded(raw, jpeg::Strength::kLight, expected);
}

TEST(JpegReferenceDecoder, DecodesEveryShape) {
  TestRandom random(9);
  for (const uint32_t components : {1u, 3u, 4u}) {
    for (const uint8_t factors : Bytes{0x11, 0x22, 0x21, 0x14}) {
      for (const bool is_progressive : {false, true}) {
        const JpegShape shape = {.width = 90,
                                 .height = 70,
                                 .components = components,
                                 .factors = factors,
                                 .is_progressive = is_progressive,
                                 .restart_interval = static_cast<uint8_t>(components - 1),
                                 .pads_ones = components != 3};
        ExpectDecoded(testing::MakeJpegFile(random, shape));
      }
    }
  }
}

TEST(JpegReferenceDecoder, DecodesFilesOfLibjpeg) {
  for (const char* name : {"baseline", "progressive", "restart", "progressive-restart", "cut"}) {
    const std::optional<Bytes> file =
        ReadTestFile(testing::SourcePath("tests/fuzz/corpus/jpeg/") + name);
    ASSERT_TRUE(file.has_value()) << name;
    ExpectDecoded(*file);
  }
}

TEST(JpegReferenceDecoder, DecodesCutAndDamagedFiles) {
  TestRandom random(3);
  for (const uint8_t factors : Bytes{0x11, 0x21, 0x22}) {
    for (const uint32_t components : {1u, 3u}) {
      const Bytes raw = testing::MakeJpegFile(
          random, {.width = 100, .height = 90, .components = components, .factors = factors});
      for (const size_t share : {20u, 50u, 90u}) {
        ExpectDecoded(
            Bytes(raw.begin(), raw.begin() + static_cast<ptrdiff_t>(raw.size() * share / 100)),
            IsCut);
      }
      Bytes damaged = raw;
      damaged[raw.size() / 2] = 0xFF;
      damaged[raw.size() / 2 + 1] = 0x33;
      ExpectDecoded(damaged, IsCut);
    }
  }
}

TEST(JpegReferenceDecoder, DecodesThumbnails) {
  TestRandom random(4);
  const Bytes thumbnail = testing::MakeJpegFile(random, {.width = 60, .height = 40});
  ExpectDecoded(testing::WithThumbnail(testing::MakeJpegFile(random, {.width = 100, .height = 90}),
                                       thumbnail),
                HasThumbnail);
}

}  // namespace
}  // namespace lmz
