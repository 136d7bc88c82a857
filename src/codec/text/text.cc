#include "codec/text/text.h"

#include <algorithm>
#include <array>
#include <optional>

#include "codec/model_reference.h"
#include "codec/observer.h"
#include "codec/text/ahead_walk.h"
#include "codec/text/header.h"
#include "codec/text/walk.h"
#include "entropy/coder.h"
#include "model/device.h"
#include "model/library.h"

namespace lmz {

namespace {

using text::AheadWalk;
using text::kMaxGroups;
using text::kMaxLanes;
using text::Layout;
using text::ReadTextHeader;
using text::TextHeader;
using text::TextWalk;
using text::WriteTextHeader;

// Of all groups in order.
template <class Coder>
uint32_t Fingerprint(std::span<const Coder> coders) {
  uint32_t fingerprint = 0;
  for (const Coder& coder : coders) {
    fingerprint = (fingerprint << 1 | fingerprint >> 31) ^ coder.fingerprint();
  }
  return fingerprint;
}

// The code of each group: all but the last one behind its size.
Result<std::vector<ByteSpan>> ReadCodes(ByteReader& reader, int groups) {
  std::vector<ByteSpan> codes;
  for (int g = 0; g + 1 < groups; ++g) {
    LMZ_ASSIGN(const uint64_t size, reader.Varint());
    LMZ_ASSIGN(const ByteSpan code, reader.Take(size));
    codes.push_back(code);
  }
  LMZ_ASSIGN(const ByteSpan rest, reader.Take(reader.remaining()));
  codes.push_back(rest);
  return codes;
}

template <class AnyDecoder>
Result<uint32_t> DecodeBy(std::vector<AnyDecoder>& decoders, const TextHeader& header,
                          const Predictor* model, const BlockResources& resources,
                          MutableByteSpan raw) {
  LMZ_TRY(TextWalk(std::span(&model, 1), header.layout, header.profile, raw, std::span(decoders),
                   resources)
              .Run());
  for (const AnyDecoder& decoder : decoders) {
    if (decoder.has_rest()) return Status(Code::kDamaged, "the payload is longer than its code");
  }
  return Fingerprint(std::span<const AnyDecoder>(decoders));
}

// One for each group, all of the same bytes.
std::vector<ObservedDecoder> ObservedDecoders(const Layout& layout,
                                              const std::vector<ByteSpan>& codes,
                                              BlockObserver& observer) {
  CodeShape shape = {.kind = CodeShape::Kind::kBytes, .items = layout.LaneBegin(layout.lanes())};
  for (int lane = 0; lane < layout.lanes(); ++lane) shape.lanes.push_back(layout.LaneBegin(lane));
  std::vector<ObservedDecoder> decoders;
  for (int g = 0; g < layout.groups(); ++g) {
    const ByteSpan code = codes[static_cast<size_t>(g)];
    decoders.emplace_back(code, observer.AddCode(shape, code.size()),
                          layout.LaneBegin(layout.GroupBegin(g)));
    shape.goes_on = true;
  }
  return decoders;
}

uint64_t MixerMemory(const Layout& layout, Profile profile) {
  uint64_t memory = 0;
  for (int g = 0; g < layout.groups(); ++g) {
    const int first = layout.GroupBegin(g);
    const int end = layout.GroupBegin(g + 1);
    memory += ContextMixer::MemoryFor(layout.LaneBegin(end) - layout.LaneBegin(first), end - first,
                                      profile);
  }
  return memory;
}

}  // namespace

Result<uint32_t> EncodeText(ByteSpan raw, const TextOptions& options,
                            const BlockResources& resources, Bytes& payload) {
  if (options.model == nullptr) {
    return Status(Code::kInvalidArgument, "the text codec needs a model");
  }
  if (options.lanes > kMaxLanes || options.groups < 1 || options.groups > kMaxGroups) {
    return Status(Code::kInvalidArgument, "there are 1 to 64 lanes in 1 to 4 groups");
  }
  std::optional<Layout> layout = Layout::For(raw.size(), options.is_wide);
  if (options.lanes != 0) {
    const int lanes = static_cast<int>(std::min<uint64_t>(options.lanes, raw.size()));
    LMZ_ASSIGN(layout, Layout::Make(raw.size(), lanes, std::min<int>(options.groups, lanes)));
  }
  std::array<Bytes, kMaxGroups> codes;
  std::vector<Encoder> encoders;
  for (int g = 0; g < layout->groups(); ++g) encoders.emplace_back(codes[static_cast<size_t>(g)]);
  LMZ_TRY(
      AheadWalk(std::span(&options.model, 1), *layout, options.profile, raw, encoders, resources)
          .Run());
  const uint32_t fingerprint = Fingerprint(std::span<const Encoder>(encoders));

  payload.clear();
  WriteTextHeader(*options.model, *layout, options.profile, payload);
  for (int g = 0; g < layout->groups(); ++g) {
    encoders[static_cast<size_t>(g)].Finish();
    const Bytes& code = codes[static_cast<size_t>(g)];
    if (g + 1 < layout->groups()) ByteWriter(payload).Varint(code.size());
    payload.insert(payload.end(), code.begin(), code.end());
  }
  return fingerprint;
}

Result<uint32_t> DecodeText(ByteSpan payload, const BlockResources& resources,
                            MutableByteSpan raw) {
  ByteReader reader(payload);
  LMZ_ASSIGN(const TextHeader header, ReadTextHeader(reader, raw.size()));
  LMZ_ASSIGN(const SharedModel model, resources.ModelsToUse().Find(header.model));
  const Predictor* const models[] = {model->as_byte_predictor()};
  if (models[0] == nullptr) return Status(Code::kDamaged, "the payload's model predicts tokens");
  LMZ_ASSIGN(const std::vector<ByteSpan> codes, ReadCodes(reader, header.layout.groups()));
  if (resources.observer != nullptr) {
    resources.observer->NameModel(*model, SizeOf(header.model));
    std::vector<ObservedDecoder> observed =
        ObservedDecoders(header.layout, codes, *resources.observer);
    LMZ_ASSIGN(const uint32_t fingerprint, DecodeBy(observed, header, models[0], resources, raw));
    for (ObservedDecoder& decoder : observed) decoder.End();
    return fingerprint;
  }
  std::vector<Decoder> decoders(codes.begin(), codes.end());
  return DecodeBy(decoders, header, models[0], resources, raw);
}

uint64_t MaxRawSizeOfText(uint64_t payload_size) {
  return MaxModelled(payload_size);
}

uint64_t DecodeMemoryOfText(ByteSpan payload, uint64_t raw_size, const BlockResources& resources) {
  ByteReader reader(payload);
  const Result<TextHeader> header = ReadTextHeader(reader, raw_size);
  if (!header.ok()) return 0;
  const Layout& layout = header.value().layout;
  const Result<SharedModel> model = resources.ModelsToUse().Find(header.value().model);
  if (!model.ok()) return 0;
  const Predictor* const models[] = {model.value()->as_byte_predictor()};
  if (models[0] == nullptr) return 0;
  return MixerMemory(layout, header.value().profile) +
         TextWalk<Decoder, uint8_t>::MemoryFor(models, layout, resources.threads);
}

bool SuitsDevice(ByteSpan payload, uint64_t blocks, Device& device,
                 const BlockResources& resources) {
  ByteReader reader(payload);
  const Result<ModelReference> reference = ReadModelReference(reader);
  if (!reference.ok()) return false;
  const Result<uint8_t> lanes = reader.U8();
  const Result<SharedModel> model = resources.ModelsToUse().Find(reference.value());
  return lanes.ok() && model.ok() &&
         device.IsWorthIt(model.value()->parameters(), lanes.value(), blocks);
}

}  // namespace lmz
