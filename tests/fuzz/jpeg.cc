// The jpeg codec: any bytes as a JPEG file, any coefficients and shapes, any payload behind fields
// that are valid.
#include "codec/jpeg/jpeg.h"

#include "codec/bytes/bytes.h"
#include "codec/jpeg/fields.h"
#include "codec/jpeg/finder.h"
#include "tests/fuzz/codec_checks.h"
#include "tests/fuzz/fuzz.h"
#include "tests/jpeg_builder.h"

namespace lmz::fuzz {

namespace {

void RoundTrip(ByteSpan raw) {
  for (const jpeg::Strength strength : {jpeg::Strength::kFull, jpeg::Strength::kLight}) {
    RoundTripCodec(kJpegCodec, raw, {.strength = strength});
  }
}

void CheckLook(ByteSpan input) {
  const Sighting sighting = jpeg::kFinder.look(input, {.max_size = kMaxBlockRawSize});
  LMZ_REQUIRE(sighting.size <= input.size());
}

// The segments are given, the coefficients are any.
void DecodeCode(const testing::JpegShape& shape, jpeg::ScansTaken scans, ByteSpan code,
                uint64_t raw_size) {
  const Bytes around = testing::JpegAround(shape);
  const std::optional<jpeg::File> file = jpeg::ParseAround(around, scans, jpeg::kMaxBlocks);
  Bytes coded;
  LMZ_REQUIRE(EncodeBytes(around, {.profile = Profile::kBinary}, {}, coded).ok());
  const bool is_light = raw_size % 2 != 0;
  const jpeg::Fields fields = {
      .strength = is_light ? jpeg::Strength::kLight : jpeg::Strength::kFull,
      .scans = scans,
      .blocks = file ? file->frame.block_count() : 1,
      .around_size = around.size(),
      .thumbnail = {}};
  Bytes payload = {jpeg::kKindJpeg};
  fields.Write(payload);
  ByteWriter writer(payload);
  writer.Varint(coded.size());
  writer.Append(coded);
  writer.Append(code);
  DecodeAny(kJpegCodec, payload, raw_size);
}

}  // namespace

void FuzzOne(ByteSpan input) {
  if (input.empty()) return;
  CheckLook(input);
  RoundTrip(input);

  Choices choices(input);
  testing::JpegShape shape;
  shape.width = static_cast<uint32_t>(1 + choices.Below(200));
  shape.height = static_cast<uint32_t>(1 + choices.Below(200));
  shape.components = static_cast<uint32_t>(1 + choices.Below(4));
  shape.factors = static_cast<uint8_t>((1 + choices.Below(4)) << 4 | (1 + choices.Below(4)));
  shape.is_progressive = choices.Below(2) != 0;
  shape.restart_interval = static_cast<uint8_t>(choices.Below(4));
  shape.pads_ones = choices.Below(2) != 0;
  const jpeg::ScansTaken scans = {.count = 1 + choices.Below(20),
                                  .last_units = choices.Below(2) * choices.Below(700)};
  TestRandom random(choices.Below(1000));
  Bytes file = testing::MakeJpegFile(random, shape);
  RoundTrip(
      testing::WithThumbnail(file, testing::MakeJpegFile(random, {.width = 50, .height = 30})));
  // Cut, or another byte, so that a part of it is good.
  if (choices.Below(2) != 0) file.resize(static_cast<size_t>(choices.Below(file.size() + 1)));
  if (!file.empty()) file[static_cast<size_t>(choices.Below(file.size()))] = 0xFF;
  RoundTrip(file);
  DecodeCode(shape, scans, choices.rest(), 1000 + choices.Below(4000));
}

}  // namespace lmz::fuzz
