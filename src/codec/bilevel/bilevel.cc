#include "codec/bilevel/bilevel.h"

#include <type_traits>

#include "base/memory_errors.h"
#include "codec/bilevel/pixel_model.h"
#include "codec/observer.h"
#include "entropy/coder.h"
#include "mix/observe/observed_decoder.h"

namespace lmz {

namespace {

using bilevel::PixelModel;

constexpr size_t kReportSize = 4096;
constexpr uint8_t kLowestFirst = 1;

bool IsWidth(uint64_t width) {
  return width >= bilevel::kMinWidth && width <= bilevel::kMaxWidth;
}

// The one walk over the block, for both directions. Stops early once the coder has overrun.
template <class Coder, class Byte>
Status CodePixels(Coder& coder, PixelModel& model, bool is_lowest_first,
                  const BlockResources& resources, std::span<Byte> block) {
  size_t done = 0;
  for (Byte& byte : block) {
    if (done % kReportSize == 0) {
      const bool goes_on = resources.Report(done, coder.written_size()) &&
                           (std::is_const_v<Byte> || resources.TellDecoded(done));
      if (!goes_on) return CancelledStatus();
    }
    ++done;
    uint32_t coded = 0;
    for (int i = 0; i < 8; ++i) {
      const int place = is_lowest_first ? i : 7 - i;
      const int wanted = std::is_const_v<Byte> ? byte >> place & 1 : 0;
      const int bit = coder.Code(wanted, model.Predict());
      model.Update(bit);
      coded |= static_cast<uint32_t>(bit) << place;
    }
    if constexpr (!std::is_const_v<Byte>) byte = static_cast<uint8_t>(coded);
    if (coder.overran()) return Status(Code::kTruncated, "the payload ends too early");
  }
  return OkStatus();
}

template <class Coder, class Byte>
Status CodeBlock(Coder& coder, const BilevelOptions& options, const BlockResources& resources,
                 std::span<Byte> block) {
  return WithMemoryErrors(
      [&]() -> Status {
        PixelModel model(options.width, block.size(), BestKernels(MixerBuilds()));
        return CodePixels(coder, model, options.is_lowest_first, resources, block);
      },
      "there is not enough memory for pixels; use smaller blocks");
}

template <class AnyDecoder>
Result<uint32_t> DecodeBlockBy(AnyDecoder& decoder, const BilevelOptions& options,
                               const BlockResources& resources, MutableByteSpan raw) {
  LMZ_TRY(CodeBlock(decoder, options, resources, raw));
  if (decoder.has_rest()) return Status(Code::kDamaged, "the payload is longer than its code");
  return decoder.fingerprint();
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
  Encoder encoder(payload);
  LMZ_TRY(CodeBlock(encoder, options, resources, raw));
  const uint32_t fingerprint = encoder.fingerprint();
  encoder.Finish();
  return fingerprint;
}

Result<uint32_t> DecodeBilevel(ByteSpan payload, const BlockResources& resources,
                               MutableByteSpan raw) {
  ByteReader reader(payload);
  LMZ_ASSIGN(const uint64_t width, reader.Varint());
  LMZ_ASSIGN(const uint8_t flags, reader.U8());
  if (!IsWidth(width)) return Status(Code::kDamaged, "no picture is as wide as this");
  if (flags > kLowestFirst) return Status(Code::kDamaged, "a picture with unknown flags");
  const BilevelOptions options = {.width = static_cast<uint32_t>(width),
                                  .is_lowest_first = flags == kLowestFirst};
  const ByteSpan code = payload.subspan(payload.size() - reader.remaining());
  if (resources.observer != nullptr) {
    const CodeShape shape = {.name = "pixels"};
    ObservedDecoder decoder(code, resources.observer->AddCode(shape, code.size()));
    LMZ_ASSIGN(const uint32_t fingerprint, DecodeBlockBy(decoder, options, resources, raw));
    decoder.End();
    return fingerprint;
  }
  Decoder decoder(code);
  return DecodeBlockBy(decoder, options, resources, raw);
}

uint64_t MaxRawSizeOfBilevel(uint64_t payload_size) {
  return MaxDecisions(payload_size) / 8;
}

uint64_t DecodeMemoryOfBilevel(uint64_t raw_size) {
  return PixelModel::Memory(raw_size);
}

}  // namespace lmz
