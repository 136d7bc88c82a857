#include "codec/bilevel/bilevel.h"

#include <type_traits>

#include "base/memory_errors.h"
#include "codec/arithmetic_code.h"
#include "codec/bilevel/pixel_model.h"

namespace lmz {

namespace {

using bilevel::PixelModel;

constexpr uint8_t kLowestFirst = 1;

bool IsWidth(uint64_t width) {
  return width >= bilevel::kMinWidth && width <= bilevel::kMaxWidth;
}

// Codes eight pixels; decoding, they become the byte.
template <class Coder, class Byte>
void CodePixels(Coder& coder, PixelModel& model, bool is_lowest_first, Byte& byte) {
  uint32_t coded = 0;
  for (int i = 0; i < 8; ++i) {
    const int place = is_lowest_first ? i : 7 - i;
    const int wanted = std::is_const_v<Byte> ? byte >> place & 1 : 0;
    const int bit = coder.Code(wanted, model.Predict());
    model.Update(bit);
    coded |= static_cast<uint32_t>(bit) << place;
  }
  if constexpr (!std::is_const_v<Byte>) byte = static_cast<uint8_t>(coded);
}

// The one walk over the block, for both directions.
template <class Coder, class Byte>
Status CodeBlock(Coder& coder, const BilevelOptions& options, const BlockResources& resources,
                 std::span<Byte> block) {
  return WithMemoryErrors(
      [&]() -> Status {
        PixelModel model(options.width, block.size(), BestKernels(MixerBuilds()));
        return CodeInOrder(coder, resources, block, [&](Byte& byte) {
          CodePixels(coder, model, options.is_lowest_first, byte);
        });
      },
      "there is not enough memory for pixels; use smaller blocks");
}

Result<BilevelOptions> ReadOptions(ByteReader& reader) {
  LMZ_ASSIGN(const uint64_t width, reader.Varint());
  LMZ_ASSIGN(const uint8_t flags, reader.U8());
  if (!IsWidth(width)) return Status(Code::kDamaged, "no picture is as wide as this");
  if (flags > kLowestFirst) return Status(Code::kDamaged, "a picture with unknown flags");
  return BilevelOptions{.width = static_cast<uint32_t>(width),
                        .is_lowest_first = flags == kLowestFirst};
}

}  // namespace

Result<uint32_t> EncodeBilevel(ByteSpan raw, const BilevelOptions& options,
                               const BlockResources& resources, Bytes& payload) {
  if (!IsWidth(options.width)) {
    return Status(Code::kInvalidArgument, "no picture is as wide as this");
  }
  payload.clear();
  ByteWriter writer(payload);
  writer.Varint(options.width);
  writer.U8(options.is_lowest_first ? kLowestFirst : 0);
  return EncodeCode(payload,
                    [&](Encoder& encoder) { return CodeBlock(encoder, options, resources, raw); });
}

Result<uint32_t> DecodeBilevel(ByteSpan payload, const BlockResources& resources,
                               MutableByteSpan raw) {
  ByteReader reader(payload);
  LMZ_ASSIGN(const BilevelOptions options, ReadOptions(reader));
  const ByteSpan code = payload.subspan(reader.position());
  return DecodeCode(
      code, resources.observer, [] { return CodeShape{.name = "pixels"}; },
      [&](auto& decoder) { return CodeBlock(decoder, options, resources, raw); });
}

uint64_t MaxRawSizeOfBilevel(uint64_t payload_size) {
  return MaxDecisions(payload_size) / 8;
}

uint64_t DecodeMemoryOfBilevel(ByteSpan payload, uint64_t raw_size,
                               const BlockResources& /*resources*/) {
  ByteReader reader(payload);
  const Result<BilevelOptions> options = ReadOptions(reader);
  return options.ok() ? PixelModel::Memory(options.value().width, raw_size) : 0;
}

}  // namespace lmz
