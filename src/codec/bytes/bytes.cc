#include "codec/bytes/bytes.h"

#include <algorithm>

#include "codec/arithmetic_code.h"
#include "mix/code_byte.h"
#include "mix/context_mixer.h"

namespace lmz {

namespace {

// The one walk over the block, for both directions. Encoding, `block` holds the raw bytes;
// decoding, each byte is written before anything reads it.
template <class Coder, class Byte>
Status CodeBlock(Coder& coder, const BytesOptions& options, const BlockResources& resources,
                 std::span<Byte> block) {
  LMZ_ASSIGN(ContextMixer mixer, ContextMixer::Make(block.size(), 1, ContextMixer::For({}),
                                                    BestKernels(MixerBuilds())));
  ContextMixer::Lane lane = mixer.MakeLane(block.data(), 0, options.profile, options.shape);
  return CodeInOrder(coder, resources, block,
                     [&](Byte& byte) { CodeByte(mixer, lane, coder, byte); });
}

void WriteOptions(const BytesOptions& options, Bytes& payload) {
  ByteWriter writer(payload);
  writer.U8(static_cast<uint8_t>(options.profile));
  if (options.profile != Profile::kRecords) return;
  for (const uint32_t field : {options.shape.row, options.shape.unit, options.shape.plane}) {
    writer.Varint(field);
  }
}

Result<BytesOptions> ReadOptions(ByteReader& reader) {
  const Result<uint8_t> number = reader.U8();
  if (!number.ok()) return Status(Code::kTruncated, "the payload has no profile");
  if (number.value() > static_cast<uint8_t>(Profile::kRecords)) {
    return Status(Code::kNewerVersion,
                  "profile " + std::to_string(number.value()) + " requires a newer version of lmz");
  }
  BytesOptions options = {.profile = static_cast<Profile>(number.value())};
  if (options.profile != Profile::kRecords) return options;
  for (uint32_t* const field : {&options.shape.row, &options.shape.unit, &options.shape.plane}) {
    LMZ_ASSIGN(const uint64_t value, reader.Varint());
    *field = static_cast<uint32_t>(std::min<uint64_t>(value, UINT32_MAX));
  }
  if (!options.shape.IsValid()) return Status(Code::kDamaged, "no records have such a shape");
  return options;
}

}  // namespace

Result<uint32_t> EncodeBytes(ByteSpan raw, const BytesOptions& options,
                             const BlockResources& resources, Bytes& payload) {
  if (options.profile == Profile::kRecords && !options.shape.IsValid()) {
    return Status(Code::kInvalidArgument, "no records have such a shape");
  }
  payload.clear();
  WriteOptions(options, payload);
  return EncodeCode(payload,
                    [&](Encoder& encoder) { return CodeBlock(encoder, options, resources, raw); });
}

Result<uint32_t> DecodeBytes(ByteSpan payload, const BlockResources& resources,
                             MutableByteSpan raw) {
  ByteReader reader(payload);
  LMZ_ASSIGN(const BytesOptions options, ReadOptions(reader));
  const ByteSpan code = payload.subspan(reader.position());
  const auto shape = [&] {
    return CodeShape{.kind = CodeShape::Kind::kBytes, .items = raw.size(), .lanes = {0}};
  };
  return DecodeCode(code, resources.observer, shape,
                    [&](auto& decoder) { return CodeBlock(decoder, options, resources, raw); });
}

uint64_t MaxRawSizeOfBytes(uint64_t payload_size) {
  return MaxDecisions(payload_size) / 8;
}

uint64_t MemoryOfBytes(uint64_t raw_size) {
  return ContextMixer::MemoryFor(raw_size, 1, Profile::kBinary);
}

}  // namespace lmz
