#include "plan/object_contest.h"

#include <optional>
#include <utility>

#include "codec/parts/parts.h"
#include "plan/coded.h"
#include "plan/contest.h"

namespace lmz {

namespace {

const BytesOptions kBinaryBytes = {.profile = Profile::kBinary};

// Replaces the block in `payload` by the one that `bytes` makes where that is shorter. The progress
// stands still meanwhile.
Result<BlockHeader> ContestBytes(ByteSpan raw, uint8_t filters, const BlockHeader& header,
                                 Bytes& payload, const BlockResources& resources) {
  const BlockResources standing = resources.Part(raw.size(), raw.size(), 0);
  LMZ_ASSIGN(const PreparedBlock block, PreparedBlock::Make(raw, filters, standing));
  LMZ_ASSIGN(std::optional<Coded> rival, CodeBelow(payload.size(), block, kBinaryBytes, standing));
  if (!rival) return header;
  payload = std::move(rival->payload);
  return rival->header;
}

}  // namespace

Result<BlockHeader> EncodeObject(ByteSpan raw, const BlockPlan& plan, uint8_t filters,
                                 Bytes& payload, const BlockResources& resources) {
  LMZ_ASSIGN(const BlockHeader header, EncodeBlock(raw, plan.choice, payload, resources));
  const bool is_open = plan.content == Content::kImage || plan.content == Content::kAudio;
  if (!is_open || !RepeatsItself(raw)) return header;
  return ContestBytes(raw, filters, header, payload, resources);
}

Result<BlockHeader> EncodeJoined(ByteSpan raw, const BlockPlan& plan, const Model* model,
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
                                             ? EncodeObject(bytes, part, 0, code, share)
                                             : EncodePlanned(bytes, part, model, code, share));
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
  if (!RepeatsItself(plain)) return header;
  return ContestBytes(raw, plan.choice.filters, header, payload, resources);
}

}  // namespace lmz
