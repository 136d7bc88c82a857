// The image codec: any bytes as an image file, any pixels in any layout, any code behind a geometry
// that is valid.
#include "codec/image/image.h"

#include "plan/plan.h"
#include "tests/fuzz/codec_checks.h"
#include "tests/fuzz/fuzz.h"

namespace lmz::fuzz {

namespace {

constexpr size_t kMostCoded = 1536;  // bytes; more takes time and finds nothing new

// What was found lies within the input, and the blocks of the plan cover it.
void CheckPlan(ByteSpan input) {
  const std::optional<ImageLayout> found = FindImage(input);
  if (found) LMZ_REQUIRE(found->IsValid());
  uint64_t offset = 0;
  for (const BlockPlan& block : Plan(input, {})) {
    LMZ_REQUIRE(block.offset == offset && block.size > 0);
    const auto* image = std::get_if<ImageOptions>(&block.choice.options);
    if (image != nullptr) LMZ_REQUIRE(image->layout.Fits(block.size));
    offset += block.size;
  }
  LMZ_REQUIRE(offset == input.size());
}

void RoundTrip(ByteSpan raw, const ImageLayout& layout) {
  RoundTripCodec(kImageCodec, raw, {.layout = layout});
}

// The geometry is given, the rest of the payload is not.
void DecodeCode(ByteSpan code, const ImageLayout& layout, uint64_t raw_size) {
  Bytes payload;
  ByteWriter writer(payload);
  writer.Varint(layout.width);
  writer.Varint(layout.height);
  writer.U8(static_cast<uint8_t>(layout.channels - 1 + (layout.sample_bytes == 2 ? 0x84 : 0)));
  writer.U8(layout.sample_bytes == 1 && layout.channels >= 3 ? 19 : 0);
  writer.Varint(layout.offset);
  writer.Varint(layout.row_padding);
  writer.Append(code);
  DecodeAny(kImageCodec, payload, raw_size);
}

}  // namespace

void FuzzOne(ByteSpan input) {
  Choices choices(input);
  ImageLayout layout;
  layout.channels = static_cast<uint32_t>(1 + choices.Below(4));
  layout.sample_bytes = static_cast<uint32_t>(1 + choices.Below(2));
  layout.width = static_cast<uint32_t>(16 + choices.Below(20));
  layout.height = static_cast<uint32_t>(1 + choices.Below(12));
  layout.row_padding = static_cast<uint32_t>(choices.Below(4));
  layout.offset = choices.Below(20);
  const ByteSpan rest = choices.rest();
  CheckPlan(rest);
  if (rest.empty()) return;
  const ByteSpan raw = rest.first(std::min(rest.size(), kMostCoded));
  RoundTrip(raw, {});
  if (const ImageLayout present = layout.Within(raw.size()); present.width != 0) {
    RoundTrip(raw, present);
  }
  DecodeCode(rest, layout, layout.end());
}

}  // namespace lmz::fuzz
