// The png codec: any bytes as a PNG file, any zlib stream in one, any payload behind fields that
// are valid.
#include "codec/png/png.h"

#include "codec/deflate/find_settings.h"
#include "codec/png/unpacked.h"
#include "plan/plan.h"
#include "tests/fuzz/codec_checks.h"
#include "tests/fuzz/fuzz.h"
#include "tests/png_builder.h"

namespace lmz::fuzz {

namespace {

void RoundTrip(ByteSpan raw) {
  RoundTripCodec(kPngCodec, raw, {.profile = Profile::kBinary});
}

void CheckPlan(ByteSpan input) {
  uint64_t offset = 0;
  for (const BlockPlan& block : Plan(input, {})) {
    LMZ_REQUIRE(block.offset == offset && block.size > 0);
    offset += block.size;
  }
  LMZ_REQUIRE(offset == input.size());
}

// The fields are given, what they promise is not there.
void DecodeCode(ByteSpan code, const png::Fields& fields, uint64_t raw_size, uint64_t code_size) {
  Bytes payload = {1};
  fields.Write(payload);
  ByteWriter writer(payload);
  writer.Varint(code_size);
  writer.Append(code);
  DecodeAny(kPngCodec, payload, raw_size);
}

png::Fields AnyFields(Choices& choices) {
  png::Fields fields;
  fields.has_right_adler = choices.Below(2) != 0;
  fields.has_right_crcs = choices.Below(2) != 0;
  fields.settings.search = static_cast<uint32_t>(choices.Below(11));
  fields.settings.is_filtered = choices.Below(2) != 0;
  fields.settings.window_bits = static_cast<uint32_t>(9 + choices.Below(7));
  fields.settings.memory_level = static_cast<uint32_t>(1 + choices.Below(9));
  fields.lines.row_size = choices.Below(40);
  fields.lines.pixel_size = static_cast<uint32_t>(1 + choices.Below(8));
  fields.data_size = (fields.lines.row_size + 1) * (1 + choices.Below(100));
  fields.around_size = fields.rows() + choices.Below(100);
  fields.head_size = choices.Below(32);
  fields.head_chunks = choices.Below(3);
  fields.tail_chunks = choices.Below(3);
  fields.extra_size = choices.Below(8);
  fields.idat_size = choices.Below(64);
  return fields;
}

}  // namespace

void FuzzOne(ByteSpan input) {
  CheckPlan(input);
  if (input.empty()) return;
  RoundTrip(input);

  Choices choices(input);
  const png::Fields fields = AnyFields(choices);
  const uint64_t raw_size = 1 + choices.Below(4000);
  const testing::PngShape shape = {.width = static_cast<uint32_t>(choices.Below(64)),
                                   .height = static_cast<uint32_t>(choices.Below(64)),
                                   .depth = 8,
                                   .color = static_cast<uint8_t>(choices.Below(2) * 2)};
  const size_t idat_size = 1 + static_cast<size_t>(choices.Below(255));
  const ByteSpan rest = choices.rest();
  RoundTrip(testing::PngFile(shape, rest, idat_size));
  if (!rest.empty()) RoundTrip(testing::PngFile(shape, testing::ZlibStream(rest, fields.settings)));
  DecodeCode(rest, fields, raw_size, rest.size() / 4);
}

}  // namespace lmz::fuzz
