#include "plan/contest.h"

#include <algorithm>
#include <utility>

#include "codec/text/layout.h"

namespace lmz {

namespace {

// Large enough for columns and keys to show, small against the time of a large block.
constexpr size_t kProfileSample = size_t{1} << 16;

// The network is slow: a sample of this size, then at most one more pass over the block.
constexpr size_t kModelSample = size_t{1} << 14;

// One lane is a third as fast as eight, so only what is done in seconds is coded in one again.
constexpr size_t kMaxOneLaneSize = size_t{1} << 19;

// The text codec takes several times as long, so a model that helps less than this is left out. As
// divisors: 1 % and 2 %.
constexpr size_t kMinGain = 100;
constexpr size_t kMaxSampleLoss = 50;

ByteSpan Middle(ByteSpan raw, size_t size) {
  const size_t taken = std::min(size, raw.size());
  return raw.subspan((raw.size() - taken) / 2, taken);
}

// The size of the code of `raw` under `choice`.
Result<size_t> CodeSize(ByteSpan raw, const BlockChoice& choice, const BlockResources& resources) {
  BlockResources quiet = resources;
  quiet.report = {};
  Bytes payload;
  LMZ_TRY(EncodeBlock(raw, choice, payload, quiet).status());
  return payload.size();
}

// Which profile suits structured text: words or columns.
Result<Profile> BetterProfile(ByteSpan raw, BlockChoice choice, const BlockResources& resources) {
  const ByteSpan sample = Middle(raw, kProfileSample);
  choice.options = BytesOptions{.profile = Profile::kText};
  LMZ_ASSIGN(const size_t text_size, CodeSize(sample, choice, resources));
  choice.options = BytesOptions{.profile = Profile::kBinary};
  LMZ_ASSIGN(const size_t binary_size, CodeSize(sample, choice, resources));
  return binary_size < text_size ? Profile::kBinary : Profile::kText;
}

// Whether the model is worth a try on the whole, by a sample. There the network and the mixer have
// just met, so where a try takes seconds only a clear loss counts against it.
Result<bool> MayHelp(ByteSpan raw, const BlockChoice& with_model, const BlockChoice& without,
                     const BlockResources& resources) {
  if (raw.size() <= kModelSample) return true;  // the whole is no longer than its sample
  const ByteSpan sample = Middle(raw, kModelSample);
  LMZ_ASSIGN(const size_t size, CodeSize(sample, without, resources));
  LMZ_ASSIGN(const size_t model_size, CodeSize(sample, with_model, resources));
  if (raw.size() <= kMaxOneLaneSize) return model_size < size + size / kMaxSampleLoss;
  return model_size + size / kMinGain < size;
}

// Codes `raw` under `choice` too: `payload`, coded under `header`, gives way to what is smaller by
// more than `min_gain` bytes. Whether it did.
Result<bool> TakeSmaller(ByteSpan raw, const BlockChoice& choice, const BlockResources& resources,
                         size_t min_gain, BlockHeader& header, Bytes& payload) {
  Bytes rival;
  LMZ_ASSIGN(const BlockHeader rival_header, EncodeBlock(raw, choice, rival, resources));
  if (rival.size() + min_gain >= payload.size()) return false;
  payload.swap(rival);
  header = rival_header;
  return true;
}

}  // namespace

Result<BlockHeader> EncodePlanned(ByteSpan raw, const BlockPlan& plan, const Predictor* model,
                                  Bytes& payload, const BlockResources& resources) {
  BlockChoice choice = plan.choice;
  auto* const bytes = std::get_if<BytesOptions>(&choice.options);
  if (bytes == nullptr) return EncodeBlock(raw, choice, payload, resources);
  if (plan.content == Content::kStructured) {
    LMZ_ASSIGN(bytes->profile, BetterProfile(raw, choice, resources));
  }
  if (model == nullptr) return EncodeBlock(raw, choice, payload, resources);
  TextOptions text = {.profile = bytes->profile, .model = model};
  BlockChoice with_model = {.options = text, .filters = choice.filters};
  if (plan.content == Content::kText) return EncodeBlock(raw, with_model, payload, resources);

  LMZ_ASSIGN(const bool may_help, MayHelp(raw, with_model, choice, resources));
  if (!may_help) return EncodeBlock(raw, choice, payload, resources);
  LMZ_ASSIGN(BlockHeader header, EncodeBlock(raw, with_model, payload, resources));
  LMZ_ASSIGN(const bool lanes_cost, TakeSmaller(raw, choice, resources, 0, header, payload));
  if (lanes_cost && raw.size() <= kMaxOneLaneSize && text::Layout::For(raw.size()).lanes() > 1) {
    // What may help in one lane can fail in several, where neighbours resemble each other.
    text.lanes = 1;
    with_model.options = text;
    const size_t min_gain = payload.size() / kMinGain;
    LMZ_TRY(TakeSmaller(raw, with_model, resources, min_gain, header, payload).status());
  }
  return header;
}

}  // namespace lmz
