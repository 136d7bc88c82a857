#include "codec/jpeg/jpeg.h"

#include <gtest/gtest.h>

#include "codec/jpeg/fields.h"
#include "codec/jpeg/finder.h"
#include "tests/codec_round_trip.h"
#include "tests/corpora.h"
#include "tests/jpeg_builder.h"
#include "tests/paths.h"

namespace lmz {
namespace {

using testing::JpegShape;
using testing::MakeJpegFile;

// Files of libjpeg, and what is made of them.
Bytes ReadSample(const std::string& name) {
  const std::optional<Bytes> file =
      ReadTestFile(testing::SourcePath("tests/fuzz/corpus/jpeg/") + name);
  EXPECT_TRUE(file.has_value()) << name;
  return file.value_or(Bytes());
}

Bytes Coded(const Bytes& raw, jpeg::Strength strength = jpeg::Strength::kFull) {
  return testing::RoundTrip(kJpegCodec, raw, {.strength = strength});
}

uint8_t KindOf(const Bytes& raw) {
  return Coded(raw).at(0);
}

Bytes Large(const JpegShape& shape) {
  TestRandom random(1);
  return MakeJpegFile(random, shape);
}

std::vector<JpegShape> Shapes() {
  return {
      {.width = 100, .height = 90},
      {.width = 100, .height = 90, .components = 1},
      {.width = 100, .height = 90, .components = 1, .factors = 0x11},
      {.width = 90, .height = 100, .components = 4, .factors = 0x11},
      {.width = 91, .height = 77, .factors = 0x21, .restart_interval = 1},
      {.width = 77, .height = 91, .factors = 0x12, .restart_interval = 5, .pads_ones = false},
      {.width = 101, .height = 67, .is_progressive = true},
      {.width = 101, .height = 67, .factors = 0x41, .is_progressive = true, .restart_interval = 7},
      {.width = 101,
       .height = 67,
       .components = 1,
       .is_progressive = true,
       .restart_interval = 1,
       .pads_ones = false}};
}

TEST(Jpeg, EveryShapeComesBackSmaller) {
  for (const JpegShape& shape : Shapes()) {
    const Bytes raw = Large(shape);
    ASSERT_GT(raw.size(), 1000u);
    const Bytes payload = Coded(raw);
    EXPECT_EQ(payload.at(0), 1);
    EXPECT_LT(payload.size(), raw.size() * 9 / 10) << shape.width << " " << shape.height;
    const Bytes light = Coded(raw, jpeg::Strength::kLight);
    EXPECT_LT(light.size(), raw.size() * 9 / 10) << shape.width << " " << shape.height;
    EXPECT_LT(DecodeMemoryOfJpeg(light, raw.size(), {}),
              DecodeMemoryOfJpeg(payload, raw.size(), {}));
  }
}

TEST(Jpeg, FilesOfLibjpegComeBack) {
  for (const char* name : {"baseline", "progressive", "restart", "gray", "progressive-restart"}) {
    const Bytes raw = ReadSample(name);
    EXPECT_TRUE(jpeg::ReadFile(raw, Watch()).has_value()) << name;
    Coded(raw);
  }
}

TEST(Jpeg, WhatIsNoFileOfItsKindGoesToBytes) {
  EXPECT_EQ(KindOf(ReadSample("arithmetic")), 0);
  EXPECT_EQ(KindOf(ReadSample("huge")), 0);
  EXPECT_EQ(KindOf({0xFF, 0xD8, 0xFF, 0xD9}), 0);
  EXPECT_EQ(KindOf({0xFF}), 0);
  EXPECT_EQ(KindOf(Bytes(3000, 0xFF)), 0);
}

TEST(Jpeg, WhatFollowsTheFileIsKept) {
  Bytes raw = Large({.width = 100, .height = 90});
  const size_t size = Coded(raw).size();
  ByteWriter(raw).Append(Bytes{0xFF, 0xD9, 0xFF, 0xD8, 0xFF, 0xDA, 0, 1});
  const Bytes payload = Coded(raw);
  EXPECT_EQ(payload.at(0), 1);
  EXPECT_LT(payload.size(), size + 20);
}

// Whether anything was read of `raw`, which must then be written the same.
bool IsRead(const Bytes& raw) {
  std::optional<jpeg::ReadFileResult> read = jpeg::ReadFile(raw, Watch());
  if (!read) return false;
  Bytes written;
  EXPECT_TRUE(
      jpeg::WriteFile(read->file, read->around, read->pads_ones, raw.size(), Watch(), written));
  EXPECT_EQ(written, raw);
  return true;
}

// Of a progressive file the whole scans, of another one the whole units.
TEST(Jpeg, CutFilesAreReadUpToTheCut) {
  for (const char* name : {"baseline", "progressive", "restart", "progressive-restart"}) {
    const Bytes raw = ReadSample(name);
    size_t reads = 0;
    for (size_t size = 1; size < raw.size(); ++size) {
      if (IsRead(Bytes(raw.begin(), raw.begin() + static_cast<ptrdiff_t>(size)))) ++reads;
    }
    EXPECT_GE(reads, raw.size() / 3) << name;
  }
  const Bytes whole = Large({.width = 200, .height = 160, .is_progressive = true});
  EXPECT_EQ(KindOf(Bytes(whole.begin(), whole.end() - 500)), 1);
  EXPECT_EQ(KindOf(ReadSample("cut")), 1);
}

// Most of what is in front of the damage is coded as coefficients.
TEST(Jpeg, ThePartInFrontOfDamageIsSmaller) {
  for (const uint8_t factors : Bytes{0x11, 0x22}) {
    Bytes raw = Large({.width = 400, .height = 300, .factors = factors});
    const size_t whole_size = Coded(raw).size();
    Bytes cut(raw.begin(), raw.begin() + static_cast<ptrdiff_t>(raw.size() / 2));
    EXPECT_LT(Coded(cut).size(), whole_size / 2 + whole_size / 16);
    raw[raw.size() / 2] = 0xFF;
    raw[raw.size() / 2 + 1] = 2;
    EXPECT_LT(Coded(raw).size(), (whole_size + raw.size()) / 2 + whole_size / 16);
  }
}

TEST(Jpeg, AThumbnailIsCodedAsAFile) {
  const Bytes file = Large({.width = 100, .height = 90});
  const Bytes thumbnail = Large({.width = 100, .height = 60, .components = 1});
  ASSERT_GT(thumbnail.size(), 1000u);
  const Bytes payload = Coded(testing::WithThumbnail(file, thumbnail));
  EXPECT_LT(payload.size(), Coded(file).size() + thumbnail.size() * 9 / 10);
  Bytes back(file.size() + 22 + thumbnail.size() + 2);
  EXPECT_GT(DecodeMemoryOfJpeg(payload, back.size(), {}),
            DecodeMemoryOfJpeg(Coded(file), file.size(), {}));
  // Within one there is none.
  const Bytes nested = testing::WithThumbnail(thumbnail, thumbnail);
  EXPECT_EQ(KindOf(testing::WithThumbnail(file, nested)), 1);
}

// The payload of a file with a thumbnail, with other code for that.
Bytes WithThumbnailCode(ByteSpan payload, uint64_t raw_size, uint64_t thumbnail_size,
                        ByteSpan code) {
  ByteReader reader(payload);
  Bytes out = {reader.U8().value()};
  jpeg::Fields fields = jpeg::Fields::Read(reader, raw_size).value();
  fields.thumbnail.size = thumbnail_size;
  fields.Write(out);
  const ByteSpan around = reader.Take(reader.Varint().value()).value();
  (void)reader.Take(reader.Varint().value());
  ByteWriter writer(out);
  for (const ByteSpan part : {around, code}) {
    writer.Varint(part.size());
    writer.Append(part);
  }
  writer.Append(reader.Take(reader.remaining()).value());
  return out;
}

// Whatever payloads say, decoding does not go deeper.
TEST(Jpeg, AThumbnailInAThumbnailIsRefused) {
  const Bytes thumbnail = Large({.width = 100, .height = 60, .components = 1});
  const Bytes raw = testing::WithThumbnail(Large({.width = 100, .height = 90}), thumbnail);
  const Bytes payload = Coded(raw);
  ASSERT_EQ(WithThumbnailCode(payload, raw.size(), thumbnail.size(),
                              Coded(thumbnail, jpeg::Strength::kLight)),
            payload);
  const Bytes nested = testing::WithThumbnail(thumbnail, thumbnail);
  Bytes back(raw.size() - thumbnail.size() + nested.size());
  const Status status =
      DecodeJpeg(WithThumbnailCode(payload, raw.size(), nested.size(), Coded(nested)), {}, back)
          .status();
  EXPECT_EQ(status.code(), Code::kDamaged);
  EXPECT_EQ(status.message(), "a thumbnail in a thumbnail");
}

TEST(Jpeg, FilesWithOneOtherBitAreWrittenTheSameOrNotRead) {
  for (const char* name : {"baseline", "progressive", "restart", "progressive-restart"}) {
    Bytes raw = ReadSample(name);
    size_t reads = 0;
    for (size_t bit = 0; bit < 8 * raw.size(); ++bit) {
      raw[bit / 8] ^= static_cast<uint8_t>(1 << bit % 8);
      if (IsRead(raw)) ++reads;
      if (bit % 1009 == 0) Coded(raw);
      raw[bit / 8] ^= static_cast<uint8_t>(1 << bit % 8);
    }
    EXPECT_GT(reads, 0u) << name;
    EXPECT_LT(reads, 8 * raw.size()) << name;
  }
}

bool IsRefusal(Code code) {
  return code == Code::kDamaged || code == Code::kTruncated || code == Code::kNewerVersion;
}

TEST(Jpeg, DamagedPayloadsAreRefusedOrGiveBytes) {
  const Bytes raw = Large({.width = 60, .height = 50, .is_progressive = true});
  const Bytes payload = Coded(raw);
  Bytes back(raw.size());
  for (size_t size = 0; size + 4 < payload.size(); size += 41) {
    const Status status = DecodeJpeg(ByteSpan(payload).first(size), {}, back).status();
    EXPECT_TRUE(IsRefusal(status.code())) << size;
  }
  for (size_t bit = 0; bit < 8 * payload.size(); bit += 307) {
    Bytes other = payload;
    other[bit / 8] ^= static_cast<uint8_t>(1 << bit % 8);
    const Status status = DecodeJpeg(other, {}, back).status();
    EXPECT_TRUE(status.ok() || IsRefusal(status.code())) << bit;
  }
}

TEST(Jpeg, FieldsThatPromiseTooMuchAreRefused) {
  Bytes back(1000);
  for (const Bytes& fields :
       {Bytes{16, 1, 1, 0, 0}, Bytes{1, 0, 1, 0, 0}, Bytes{1, 65, 1, 0, 0}, Bytes{1, 1, 0, 0, 0},
        Bytes{1, 1, 0xFF, 0xFF, 3, 0, 0}, Bytes{5, 1, 1, 0, 9, 0}, Bytes{9, 1, 1, 9, 10, 1, 0},
        Bytes{9, 1, 1, 9, 9, 0, 0}, Bytes{9, 1, 1, 9, 9, 0xF0, 7, 0}}) {
    Bytes payload = {1};
    ByteWriter(payload).Append(fields);
    EXPECT_EQ(DecodeJpeg(payload, {}, back).status().code(), Code::kDamaged);
    EXPECT_EQ(DecodeMemoryOfJpeg(payload, back.size(), {}), 0u);
  }
}

TEST(Jpeg, TheCallerCanStopIt) {
  const Bytes raw = Large({.width = 300, .height = 300});
  const Bytes payload = Coded(raw);
  for (const int most : {0, 1, 5}) {
    int left = most;
    BlockResources resources;
    resources.report = [&](uint64_t, uint64_t) { return left-- > 0; };
    Bytes out;
    EXPECT_EQ(EncodeJpeg(raw, {}, resources, out).status().code(), Code::kCancelled);
    left = most;
    Bytes back(raw.size());
    EXPECT_EQ(DecodeJpeg(payload, resources, back).status().code(), Code::kCancelled);
  }
}

Sighting Look(ByteSpan bytes, bool is_inner, bool is_open) {
  EXPECT_TRUE(jpeg::kFinder.may_begin(bytes, is_inner));
  return jpeg::kFinder.look(
      bytes, {.max_size = uint64_t{1} << 20, .is_inner = is_inner, .is_open = is_open});
}

TEST(JpegFinder, FindsWholeFiles) {
  for (const JpegShape& shape : Shapes()) {
    Bytes raw = Large(shape);
    const size_t size = raw.size();
    raw.insert(raw.end(), 100, 0xFF);
    const Sighting sighting = Look(raw, false, false);
    EXPECT_EQ(sighting.kind, Sighting::Kind::kObject);
    EXPECT_EQ(sighting.size, size);
  }
}

TEST(JpegFinder, WaitsForTheEndOfAFile) {
  const Bytes raw = Large({.width = 300, .height = 300});
  for (const size_t size : {size_t{3}, size_t{300}, raw.size() / 2, raw.size() - 1}) {
    const ByteSpan cut = ByteSpan(raw).first(size);
    EXPECT_EQ(Look(cut, true, true).kind, Sighting::Kind::kUndecided) << size;
    EXPECT_EQ(Look(cut, true, false).kind, Sighting::Kind::kNothing) << size;
  }
}

TEST(JpegFinder, TakesACutFile) {
  const Bytes raw = ReadSample("cut");
  EXPECT_EQ(Look(raw, false, false).size, raw.size());
  EXPECT_EQ(Look(raw, false, false).kind, Sighting::Kind::kObject);
  EXPECT_EQ(Look(raw, true, false).kind, Sighting::Kind::kNothing);
  const Bytes other = ReadSample("baseline");
  EXPECT_EQ(Look(ByteSpan(other).first(900), false, false).size, 900u);
  EXPECT_EQ(Look(ByteSpan(other).first(900), true, false).kind, Sighting::Kind::kNothing);
  EXPECT_EQ(Look(ByteSpan(other).first(300), false, false).kind, Sighting::Kind::kNothing);
}

TEST(JpegFinder, TakesADamagedFileUpToItsEndOrTheNextFile) {
  Bytes raw = Large({.width = 300, .height = 300});
  const size_t size = raw.size();
  for (const uint8_t marker : Bytes{0x02, 0xC5, 0xE0}) {
    raw[size / 2] = 0xFF;
    raw[size / 2 + 1] = marker;
    EXPECT_EQ(Look(raw, true, false).size, size) << int{marker};
  }
  raw[size / 2 + 1] = 0xD8;
  raw[size / 2 + 2] = 0xFF;
  EXPECT_EQ(Look(raw, true, false).size, size / 2);
}

TEST(JpegFinder, LeavesAloneWhatTheCodecCannotRead) {
  for (const char* name : {"arithmetic", "huge"}) {
    EXPECT_EQ(Look(ReadSample(name), false, false).kind, Sighting::Kind::kNothing) << name;
  }
}

}  // namespace
}  // namespace lmz
