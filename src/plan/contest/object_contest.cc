#include "plan/contest/object_contest.h"

#include <optional>
#include <utility>

#include "codec/audio/finder.h"
#include "codec/parts/parts.h"
#include "plan/contest/coded.h"
#include "plan/contest/contest.h"
#include "plan/shape/shape.h"

namespace lmz {

namespace {

const BytesOptions kBinaryBytes = {.profile = Profile::kBinary};

// Wide samples that codecs of sound make little of may have few values, say those of 16 bits times
// a gain, of which there are not enough in a probe: then `bytes` may be better.
constexpr uint64_t kDoubtfulShare = 2;

bool IsDoubtful(const BlockPlan& plan, uint64_t raw_size, uint64_t code_size) {
  const AudioOptions* const audio = std::get_if<AudioOptions>(&plan.choice.options);
  return audio != nullptr && audio->samples.sample_bytes == 4 &&
         code_size > raw_size / kDoubtfulShare;
}

// Whether `bytes` may be better, as far as the block itself tells. Of short files of sound there
// was no probe.
bool MayBeBytes(const BlockPlan& plan, ByteSpan raw) {
  if (std::holds_alternative<AudioOptions>(plan.choice.options) &&
      raw.size() <= kContestedAudioSize) {
    return true;
  }
  return RepeatsItself(raw);
}

// How the block is coded as mere bytes: without `filters` where it has the shape of records.
Result<BlockChoice> ChoiceOfBytes(ByteSpan raw, uint8_t filters, const BlockResources& resources) {
  const BlockPlan bytes = {.size = raw.size(),
                           .choice = {.options = kBinaryBytes, .filters = filters},
                           .copies_stay = true};
  LMZ_ASSIGN(const BlockPlan shaped, WithShape(raw, bytes, resources));
  return shaped.choice;
}

// `bytes` goes first: it is the quicker one, and the other stops as soon as it has lost. Until then
// the progress stands still.
Result<BlockHeader> EncodeContested(ByteSpan raw, const BlockPlan& plan, uint8_t filters,
                                    Bytes& payload, const BlockResources& resources) {
  const BlockResources standing = resources.Part(0, 0, 0);
  LMZ_ASSIGN(const BlockChoice choice, ChoiceOfBytes(raw, filters, standing));
  LMZ_ASSIGN(const PreparedBlock as_bytes, PreparedBlock::Make(raw, choice.filters, standing));
  LMZ_ASSIGN(Coded bytes, Code(as_bytes, choice.options, standing));
  LMZ_ASSIGN(const PreparedBlock block, PreparedBlock::Make(raw, plan.choice.filters, standing));
  LMZ_ASSIGN(std::optional<Coded> object,
             CodeBelow(bytes.payload.size() + 1, block, plan.choice.options, resources));
  Coded& best = object ? *object : bytes;
  payload = std::move(best.payload);
  return best.header;
}

// Replaces the block in `payload` by the one that `bytes` makes where that is shorter. The progress
// stands still meanwhile.
Result<BlockHeader> ContestBytes(ByteSpan raw, uint8_t filters, const BlockHeader& header,
                                 Bytes& payload, const BlockResources& resources) {
  const BlockResources standing = resources.Part(raw.size(), raw.size(), 0);
  LMZ_ASSIGN(const BlockChoice choice, ChoiceOfBytes(raw, filters, standing));
  LMZ_ASSIGN(const PreparedBlock block, PreparedBlock::Make(raw, choice.filters, standing));
  LMZ_ASSIGN(std::optional<Coded> rival,
             CodeBelow(payload.size(), block, choice.options, standing));
  if (!rival) return header;
  payload = std::move(rival->payload);
  return rival->header;
}

}  // namespace

Result<BlockHeader> EncodeObject(ByteSpan raw, const BlockPlan& planned, uint8_t filters,
                                 const ModelUse& use, Bytes& payload,
                                 const BlockResources& resources) {
  BlockPlan plan = planned;
  if (auto* const picture = std::get_if<JpegOptions>(&plan.choice.options)) {
    picture->strength = use.model != nullptr ? jpeg::Strength::kFull : jpeg::Strength::kLight;
  }
  const bool is_open = plan.content == Content::kImage || plan.content == Content::kAudio;
  if (is_open && MayBeBytes(plan, raw)) {
    return EncodeContested(raw, plan, filters, payload, resources);
  }
  LMZ_ASSIGN(const BlockHeader header, EncodeBlock(raw, plan.choice, payload, resources));
  if (!is_open || !IsDoubtful(plan, raw.size(), payload.size())) return header;
  return ContestBytes(raw, filters, header, payload, resources);
}

Result<BlockHeader> EncodeJoined(ByteSpan raw, const BlockPlan& plan, const ModelUse& use,
                                 Bytes& payload, const BlockResources& resources) {
  LMZ_ASSIGN(const PreparedBlock block, PreparedBlock::Make(raw, plan.copies));
  const ByteSpan filtered = block.filtered();
  payload.clear();
  uint32_t fingerprint = 0;
  uint64_t done = 0;
  Bytes plain;  // literals that are no text
  const auto add = [&](const BlockPlan& part) -> Status {
    const ByteSpan bytes =
        filtered.subspan(static_cast<size_t>(done), static_cast<size_t>(part.size));
    const BlockResources share =
        resources.Part(done * raw.size() / filtered.size(),
                       (done + part.size) * raw.size() / filtered.size(), part.size);
    done += part.size;
    Bytes code;
    LMZ_ASSIGN(const BlockHeader header, IsObject(part) && part.choice.codec() != kInsideCodec.id
                                             ? EncodeObject(bytes, part, 0, use, code, share)
                                             : EncodePlanned(bytes, part, use, code, share));
    const bool is_text = part.content == Content::kText || part.content == Content::kStructured;
    if (!is_text) plain.insert(plain.end(), bytes.begin(), bytes.end());
    fingerprint ^= header.fingerprint;
    AppendPart(header.codec, part.size, code, payload);
    return OkStatus();
  };
  if (block.literals_begin() != 0) {
    LMZ_TRY(add({.size = block.literals_begin(), .choice = {.options = kBinaryBytes}}));
  }
  for (const BlockPlan& part : plan.parts) LMZ_TRY(add(part));
  const BlockHeader header = block.Finish(kPartsCodec.id, fingerprint, payload);
  // With one part the planner has taken copies out of records; with them the block is no rival.
  if (plan.parts.size() == 1 || !RepeatsItself(plain)) return header;
  return ContestBytes(raw, plan.choice.filters, header, payload, resources);
}

}  // namespace lmz
