// The jpeg codec: any bytes as a JPEG file, any coefficients and shapes, any payload behind fields
// that are valid.
#include "codec/jpeg/jpeg.h"

#include "codec/bytes/bytes.h"
#include "codec/jpeg/finder.h"
#include "tests/fuzz/codec_checks.h"
#include "tests/fuzz/fuzz.h"
#include "tests/jpeg_builder.h"

namespace lmz::fuzz {

namespace {

void RoundTrip(ByteSpan raw) {
  RoundTripCodec(kJpegCodec, raw, {});
}

void CheckLook(ByteSpan input) {
  const Sighting sighting = jpeg::kFinder.look(input, {.max_size = kMaxBlockRawSize});
  LMZ_REQUIRE(sighting.size <= input.size());
}

// The segments are given, the coefficients are any.
void DecodeCode(const testing::JpegShape& shape, uint64_t scans, ByteSpan code, uint64_t raw_size) {
  const Bytes around = testing::JpegAround(shape);
  std::optional<jpeg::File> file = jpeg::ParseAround(around, {.count = scans}, jpeg::kMaxBlocks);
  Bytes coded;
  LMZ_REQUIRE(EncodeBytes(around, {.profile = Profile::kBinary}, {}, coded).ok());
  Bytes payload = {1, 1};
  ByteWriter writer(payload);
  writer.Varint(scans);
  writer.Varint(file ? file->frame.block_count() : 1);
  writer.Varint(around.size());
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
  const uint64_t scans = 1 + choices.Below(20);
  TestRandom random(choices.Below(1000));
  RoundTrip(testing::MakeJpegFile(random, shape));
  DecodeCode(shape, scans, choices.rest(), 1000 + choices.Below(4000));
}

}  // namespace lmz::fuzz
