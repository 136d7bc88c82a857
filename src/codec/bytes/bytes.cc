#include "codec/bytes/bytes.h"

#include <type_traits>

#include "codec/observer.h"
#include "entropy/coder.h"
#include "mix/code_byte.h"
#include "mix/context_mixer.h"

namespace lmz {

namespace {

constexpr size_t kReportSize = 4096;

// The one walk over the block, for both directions. Encoding, `block` holds the raw bytes;
// decoding, each byte is written before anything reads it. Stops early once the coder has overrun.
template <class Coder, class Byte>
Status CodeBlock(Coder& coder, Profile profile, const BlockResources& resources,
                 std::span<Byte> block) {
  LMZ_ASSIGN(ContextMixer mixer, ContextMixer::Make(block.size(), 1, ContextMixer::For({}),
                                                    BestKernels(MixerBuilds())));
  ContextMixer::Lane lane = mixer.MakeLane(block.data(), 0, profile);
  size_t done = 0;
  for (Byte& byte : block) {
    if (done % kReportSize == 0) {
      const bool goes_on = resources.Report(done, coder.written_size()) &&
                           (std::is_const_v<Byte> || resources.TellDecoded(done));
      if (!goes_on) return CancelledStatus();
    }
    ++done;
    CodeByte(mixer, lane, coder, byte);
    if (coder.overran()) return Status(Code::kTruncated, "the payload ends too early");
  }
  return OkStatus();
}

template <class AnyDecoder>
Result<uint32_t> DecodeBlockBy(AnyDecoder& decoder, Profile profile,
                               const BlockResources& resources, MutableByteSpan raw) {
  LMZ_TRY(CodeBlock(decoder, profile, resources, raw));
  if (decoder.has_rest()) return Status(Code::kDamaged, "the payload is longer than its code");
  return decoder.fingerprint();
}

bool IsProfile(uint8_t number) {
  return number <= static_cast<uint8_t>(Profile::kBinary);
}

}  // namespace

Result<uint32_t> EncodeBytes(ByteSpan raw, const BytesOptions& options,
                             const BlockResources& resources, Bytes& payload) {
  payload.clear();
  payload.push_back(static_cast<uint8_t>(options.profile));
  Encoder encoder(payload);
  LMZ_TRY(CodeBlock(encoder, options.profile, resources, raw));
  const uint32_t fingerprint = encoder.fingerprint();
  encoder.Finish();
  return fingerprint;
}

Result<uint32_t> DecodeBytes(ByteSpan payload, const BlockResources& resources,
                             MutableByteSpan raw) {
  if (payload.empty()) return Status(Code::kTruncated, "the payload has no profile");
  if (!IsProfile(payload[0])) {
    return Status(Code::kNewerVersion,
                  "profile " + std::to_string(payload[0]) + " requires a newer version of lmz");
  }
  const ByteSpan code = payload.subspan(1);
  const auto profile = static_cast<Profile>(payload[0]);
  if (resources.observer != nullptr) {
    const CodeShape shape = {.kind = CodeShape::Kind::kBytes, .items = raw.size(), .lanes = {0}};
    ObservedDecoder decoder(code, resources.observer->AddCode(shape, code.size()));
    LMZ_ASSIGN(const uint32_t fingerprint, DecodeBlockBy(decoder, profile, resources, raw));
    decoder.End();
    return fingerprint;
  }
  Decoder decoder(code);
  return DecodeBlockBy(decoder, profile, resources, raw);
}

uint64_t MaxRawSizeOfBytes(uint64_t payload_size) {
  return MaxDecisions(payload_size) / 8;
}

uint64_t DecodeMemoryOfBytes(uint64_t raw_size) {
  return ContextMixer::MemoryFor(raw_size, 1, Profile::kBinary);
}

}  // namespace lmz
