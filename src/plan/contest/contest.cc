#include "plan/contest/contest.h"

#include <algorithm>
#include <optional>
#include <utility>
#include <vector>

#include "codec/text/layout.h"
#include "model/library.h"
#include "model/token/token_predictor.h"
#include "plan/contest/coded.h"
#include "plan/contest/contestant.h"
#include "plan/contest/object_contest.h"
#include "plan/contest/pass_meter.h"
#include "plan/contest/race.h"
#include "plan/shape/shape.h"
#include "plan/unpacked.h"

namespace lmz {

namespace {

// Samples are this share of a block, so that all of them together take little of its time.
constexpr size_t kProfileShare = 8;
constexpr size_t kModelShare = 64;

// Large enough for columns and keys to show, small against the time of a large block.
constexpr size_t kMinProfileSample = size_t{1} << 10;
constexpr size_t kMaxProfileSample = size_t{1} << 16;

// Of a model's sample, which comes from several places.
constexpr size_t kMinModelSample = size_t{1} << 11;
constexpr size_t kMaxModelSample = size_t{1} << 15;
constexpr size_t kSamplePieces = 4;

// From here on each piece is a lane of its own, which takes half the time.
constexpr size_t kMinSampleInLanes = size_t{1} << 13;

// What each further lane costs where records resemble each other: all lanes meet what repeats at
// the same time. Where that is more than this share, and the block is not too large for it, a
// smaller model may code it in one lane.
constexpr size_t kLaneCost = 620;
constexpr size_t kLaneCostShare = 14;
constexpr size_t kMaxOneLaneSize = (size_t{1} << 19) - 1;

// Shorter blocks are coded by all, which takes no longer than what their samples would save.
constexpr size_t kMinSampledSize = size_t{1} << 12;

// Whoever loses more than this on the samples is left out of the contest for the block, as
// divisors. A model's head start shows on samples more than on the block, and what lanes
// cost, where records resemble each other, not at all.
constexpr size_t kModelDoubt = 64;
constexpr size_t kModelDoubtWithBytes = 24;
constexpr size_t kBytesDoubt = 4;
constexpr size_t kBytesDoubtInLanes = 1;

// Whoever is not shorter by this share at half, than `bytes` or a smaller model, may lose what it
// has gained, its head start.
constexpr size_t kHalfDoubt = 128;

// With models of fewer parameters than this, the mixer takes most of the time.
constexpr uint64_t kManyParameters = uint64_t{1} << 20;

// Enough for letters that a model knows to show beside bytes that it has never met. A sample this
// short is coded in one lane, which is slow.
constexpr size_t kCharsetModelSample = size_t{1} << 11;
constexpr uint64_t kCharsetPasses = 3;

// A model of tokens that is better than the others by this share of the sample codes the block
// alone: the others take time too.
constexpr size_t kTokensLead = 8;

// The model of bytes that gives a second opinion beside one of tokens. It is built in, so that
// decoders need no other file.
constexpr const char* kSecondModel = "base";

ByteSpan Middle(ByteSpan raw, size_t size) {
  const size_t taken = std::min(size, raw.size());
  return raw.subspan((raw.size() - taken) / 2, taken);
}

// `size` bytes of `raw`, which is longer, from places that are spread over it.
Bytes Pieces(ByteSpan raw, size_t size) {
  Bytes pieces;
  for (size_t i = 0; i < kSamplePieces; ++i) {
    const size_t share = raw.size() / kSamplePieces;
    const ByteSpan piece = Middle(raw.subspan(i * share, share), size / kSamplePieces);
    pieces.insert(pieces.end(), piece.begin(), piece.end());
  }
  return pieces;
}

// The contest for one block. Contestants share the prepared block, samples too, and stop when they
// have lost.
class Contest {
 public:
  // All outlive the contest.
  Contest(ByteSpan raw, const BlockPlan& plan, const ModelUse& use, const BlockResources& resources)
      : raw_(raw),
        filters_(plan.choice.filters),
        bytes_(std::get<BytesOptions>(plan.choice.options)),
        model_(use.model),
        is_wide_(use.is_wide),
        resources_(resources),
        meter_(resources, raw.size()),
        copies_stay_(plan.copies_stay),
        has_profiles_(plan.content == Content::kStructured && bytes_.profile == Profile::kText),
        is_text_(plan.content == Content::kText) {}

  Result<Coded> Run() {
    LMZ_TRY(GatherModels());
    Announce();
    if (MayChangeCharset()) LMZ_TRY(PickCharset());
    if (has_profiles_ && !ProfilesAreWhole()) LMZ_TRY(PickProfile());
    LMZ_ASSIGN(const PreparedBlock whole, PreparedBlock::Make(raw_, filters_, meter_.Pause()));
    if (ProfilesAreWhole()) LMZ_TRY(PickProfileOn(whole, raw_.size()));
    AddContestants();
    if (HasSample()) LMZ_TRY(LeaveOut(whole));
    if (HasSample() && whole.filtered().size() >= kMinSampledSize) {
      LMZ_TRY(Race(whole));
    } else {
      for (const Contestant& contestant : contestants_) LMZ_TRY(Try(whole, contestant));
    }
    return std::move(*leader_);
  }

 private:
  // From the smallest on: below the level's model those of the levels below, which may suit the
  // block better.
  Status GatherModels() {
    if (model_ == nullptr) return OkStatus();
    LMZ_ASSIGN(lower_models_, LowerModels(*model_, resources_.ModelsToUse()));
    for (const SharedModel& model : lower_models_) LMZ_TRY(AddModel(*model));
    if (model_->as_token_predictor() == nullptr) return AddModel(*model_);
    if (!is_text_ && !has_profiles_) return OkStatus();
    tokens_ = model_->as_token_predictor();
    LMZ_ASSIGN(second_, resources_.ModelsToUse().OfName(kSecondModel));
    return OkStatus();
  }

  Status AddModel(const Model& model) {
    LMZ_ASSIGN(models_.emplace_back(), AsBytePredictor(model));
    return OkStatus();
  }

  void Announce() {
    if (MayChangeCharset()) {
      meter_.Announce(CharsetSample().size(), kCharsetPasses * CharsetCost());
    }
    if (has_profiles_) meter_.Announce(ProfileSampleSize(), 2);
    const uint64_t models_cost = models_.size() * kTextCost;
    const uint64_t cost = models_cost + (tokens_ != nullptr ? kTokenCost : 0);
    if (HasSample()) {
      meter_.Announce(ModelSampleSize(), 1 + cost);
      meter_.Announce(HalfSize(), 1 + models_cost);
    }
    if (!ProfilesAreWhole()) meter_.Announce(raw_.size(), 1);
    meter_.Announce(raw_.size(), cost);
  }

  bool MayChangeCharset() const { return (filters_ & kFilterCharset) != 0; }
  uint64_t CharsetCost() const { return !models_.empty() ? kTextCost : 1; }
  ByteSpan CharsetSample() const {
    return Middle(raw_, !models_.empty() ? kCharsetModelSample : kMaxProfileSample);
  }

  // Whether the block is smaller in UTF-8, or as it is: units of several bytes can be columns. If
  // so it may be no text that the model helps. A sample that the filter leaves alone leaves it to
  // the filter, which looks at the whole.
  Status PickCharset() {
    const ByteSpan raw = CharsetSample();
    LMZ_ASSIGN(const PreparedBlock utf8, PreparedBlock::Make(raw, filters_, meter_.Pause()));
    if ((utf8.filters() & kFilterCharset) == 0) {
      is_text_ = false;
      meter_.Skip(raw.size(), kCharsetPasses * CharsetCost());
      return OkStatus();
    }
    const uint8_t others = filters_ & static_cast<uint8_t>(~kFilterCharset);
    LMZ_ASSIGN(const PreparedBlock plain, PreparedBlock::Make(raw, others, meter_.Pause()));
    const CodecOptions options =
        model_ != nullptr
            ? CodecOptions(TextOptions{.profile = bytes_.profile, .model = models_.back()})
            : CodecOptions(bytes_);
    LMZ_ASSIGN(const Coded coded,
               Code(utf8, options, meter_.Pass(raw.size(), CharsetCost()), Trial::Stage::kCharset));
    size_t limit = coded.payload.size() + 1;
    for (const CodecOptions& other :
         {options, CodecOptions(BytesOptions{.profile = Profile::kBinary})}) {
      LMZ_ASSIGN(const std::optional<Coded> rival,
                 CodeBelow(limit, plain, other, meter_.Pass(raw.size(), CharsetCost()),
                           Trial::Stage::kCharset));
      if (!rival) continue;
      limit = rival->payload.size();
      filters_ = others;
      is_text_ = false;
      if (const auto* const bytes = std::get_if<BytesOptions>(&other)) bytes_ = *bytes;
    }
    return OkStatus();
  }

  size_t ProfileSampleSize() const {
    const size_t share = raw_.size() / kProfileShare;
    return std::min(std::clamp(share, kMinProfileSample, kMaxProfileSample), raw_.size());
  }
  size_t ModelSampleSize() const {
    return std::clamp(raw_.size() / kModelShare, kMinModelSample, kMaxModelSample);
  }
  bool HasSample() const { return model_ != nullptr && raw_.size() >= kMinSampledSize; }
  size_t HalfSize() const { return raw_.size() / 2; }
  // Whether picking the profile codes the block itself.
  bool ProfilesAreWhole() const { return has_profiles_ && ProfileSampleSize() == raw_.size(); }

  // Which profile suits structured text: words or columns, in which near copies stay.
  Status PickProfile() {
    const ByteSpan raw = Middle(raw_, ProfileSampleSize());
    const uint8_t in_columns =
        copies_stay_ ? filters_ & static_cast<uint8_t>(~kFilterRepeat) : filters_;
    LMZ_ASSIGN(const PreparedBlock sample, PreparedBlock::Make(raw, in_columns, meter_.Pause()));
    LMZ_TRY(PickProfileOn(sample, raw.size()));
    if (bytes_.profile == Profile::kBinary) filters_ = in_columns;
    return OkStatus();
  }

  Status PickProfileOn(const PreparedBlock& sample, size_t size) {
    bytes_.profile = Profile::kText;
    LMZ_ASSIGN(Coded best, Code(sample, bytes_, meter_.Pass(size, 1), Trial::Stage::kProfile));
    const BytesOptions binary = {.profile = Profile::kBinary};
    LMZ_ASSIGN(std::optional<Coded> rival, CodeBelow(best.payload.size(), sample, binary,
                                                     meter_.Pass(size, 1), Trial::Stage::kProfile));
    if (rival) {
      bytes_ = binary;
      best = std::move(*rival);
    }
    if (ProfilesAreWhole()) leader_ = std::move(best);
    return OkStatus();
  }

  // The cheaper ones first: they tell the others where to stop.
  void AddContestants() {
    contestants_.push_back({.options = bytes_});
    for (const Predictor* const model : models_) {
      contestants_.push_back(
          {.options = TextOptions{.profile = std::min(bytes_.profile, Profile::kBinary),
                                  .model = model,
                                  .is_wide = is_wide_},
           .cost = kTextCost});
    }
    if (tokens_ == nullptr) return;
    contestants_.push_back({.options = TokenOptions{.model = tokens_,
                                                    .second = second_->as_byte_predictor(),
                                                    .is_wide = is_wide_},
                            .cost = kTokenCost});
  }

  // Leaves out those who lose on samples from several places. There models and mixers have just
  // met, so only a clear loss counts.
  Status LeaveOut(const PreparedBlock& whole) {
    const bool is_recoded = (whole.filters() & kFilterCharset) != 0;
    const Bytes raw = Pieces(is_recoded ? whole.filtered() : raw_, ModelSampleSize());
    LMZ_ASSIGN(const PreparedBlock sample, PreparedBlock::Make(raw, 0, meter_.Pause()));
    for (Contestant& contestant : contestants_) {
      if (HasTokens(contestant)) continue;
      const BlockResources pass = meter_.Pass(ModelSampleSize(), contestant.cost);
      CodecOptions options = contestant.options;
      auto* const text = std::get_if<TextOptions>(&options);
      if (text != nullptr) text->lanes = ModelSampleSize() < kMinSampleInLanes ? 1 : kSamplePieces;
      LMZ_ASSIGN(const Coded coded, Code(sample, options, pass, Trial::Stage::kSample));
      contestant.sample_size = coded.payload.size() - NameSize(contestant.options);
    }
    const size_t bytes = contestants_.front().sample_size;
    const auto models_end = contestants_.end() - (tokens_ != nullptr ? 1 : 0);
    const size_t best_model =
        std::min_element(contestants_.begin() + 1, models_end, HasSmallerSample)->sample_size;
    const size_t bytes_doubt = LaneCost() != 0 ? kBytesDoubtInLanes : kBytesDoubt;
    for (Contestant& contestant : contestants_) {
      if (HasTokens(contestant)) continue;
      const size_t size = contestant.sample_size;
      contestant.is_left_out = &contestant == &contestants_.front()
                                   ? size > best_model + best_model / bytes_doubt
                                   : size > best_model + best_model / kModelDoubt ||
                                         size > bytes + bytes / kModelDoubtWithBytes;
    }
    LeaveDoubtful();
    return tokens_ != nullptr ? LeaveOutTokens(sample, std::min(bytes, best_model)) : OkStatus();
  }

  // Tokens must be better on the sample, where they have no head start: a model of them learns from
  // what it reads even more than the others.
  Status LeaveOutTokens(const PreparedBlock& sample, size_t best) {
    Contestant& tokens = contestants_.back();
    const size_t names = NameSize(tokens.options);
    LMZ_ASSIGN(const std::optional<Coded> coded,
               CodeBelow(best + names, sample, tokens.options,
                         meter_.Pass(ModelSampleSize(), tokens.cost), Trial::Stage::kSample));
    tokens.is_left_out = !coded.has_value();
    if (coded) tokens.sample_size = coded->payload.size() - names;
    if (!coded || tokens.sample_size >= best - best / kTokensLead) return OkStatus();
    for (Contestant& contestant : contestants_) {
      contestant.is_left_out = contestant.is_left_out || !HasTokens(contestant);
    }
    return OkStatus();
  }

  // Of small models in doubt leaves the smallest: coding the block with two takes too long.
  void LeaveDoubtful() {
    bool has_smaller = false;
    for (Contestant& contestant : contestants_) {
      const auto* const text = std::get_if<TextOptions>(&contestant.options);
      if (text == nullptr || contestant.is_left_out) continue;
      const bool is_small = text->model->parameters() < kManyParameters;
      contestant.is_left_out = is_small && has_smaller;
      has_smaller = true;
    }
  }

  // What lanes cost the block, by and large.
  size_t LaneCost() const {
    if (is_text_) return 0;
    return kLaneCost * static_cast<size_t>(text::Layout::For(raw_.size(), is_wide_).lanes() - 1);
  }

  bool MayTakeOneLane() const { return LaneCost() != 0 && raw_.size() <= kMaxOneLaneSize; }

  // Where the block comes to `bytes_size` bytes without a model and lanes cost too much: instead of
  // the models that are left, in lanes, the one of the level below in one lane, if it promises
  // more. It takes no more time than the level's own in lanes; at level 1, where it is the same
  // model, a quarter more to decode.
  void PreferOneLane(uint64_t bytes_size) {
    if (!MayTakeOneLane() || LaneCost() * kLaneCostShare <= bytes_size) return;
    const auto expected = [&](const Contestant& contestant) {
      return bytes_size * contestant.sample_size / contestants_.front().sample_size;
    };
    uint64_t least = bytes_size;
    for (auto rival = contestants_.begin() + 1; rival != contestants_.end(); ++rival) {
      if (!rival->is_left_out) least = std::min(least, expected(*rival) + LaneCost());
    }
    Contestant& alone = contestants_[std::max<size_t>(models_.size() - 1, 1)];
    if (expected(alone) >= least) return;
    for (Contestant& contestant : contestants_) contestant.is_left_out = &contestant != &alone;
    std::get<TextOptions>(alone.options).lanes = 1;
  }

  // Whoever is left codes half of the block, but for the last one, which goes on unless it falls
  // behind; then the one with the shortest half takes its place. A model of tokens follows them.
  Status Race(const PreparedBlock& whole) {
    const auto models_end = contestants_.end() - (tokens_ != nullptr ? 1 : 0);
    const auto is_left = [](const Contestant& contestant) { return !contestant.is_left_out; };
    const Contestant* best = nullptr;
    uint64_t least = UINT64_MAX;
    if (std::count_if(contestants_.begin(), models_end, is_left) > 1 &&
        is_left(contestants_.front())) {
      best = &contestants_.front();
      LMZ_ASSIGN(const uint64_t half, HalfOfBytes(whole));
      PreferOneLane(half + half / 2);  // the second half costs less, what is known by then
      least = half - half / kHalfDoubt;
    } else {
      meter_.Skip(HalfSize(), 1);
    }
    auto last = models_end - 1;
    while (last != contestants_.begin() && last->is_left_out) --last;
    for (auto rival = contestants_.begin() + 1; rival != models_end; ++rival) {
      if (rival >= last || rival->is_left_out) {
        meter_.Skip(HalfSize(), kTextCost);
        continue;
      }
      const BlockResources pass = meter_.Pass(HalfSize(), kTextCost);
      LMZ_ASSIGN(const uint64_t half, HalfInLanes(whole, rival->options, pass));
      if (half >= least) continue;
      least = half - half / kHalfDoubt;
      best = &*rival;
    }
    LMZ_TRY(CodeByLastOrBest(whole, last, best, least));
    return tokens_ != nullptr ? Try(whole, contestants_.back()) : OkStatus();
  }

  // `best`: null or the one of the others whose half is the shortest, `least` bytes long.
  Status CodeByLastOrBest(const PreparedBlock& whole, std::vector<Contestant>::iterator last,
                          const Contestant* best, uint64_t least) {
    for (const Contestant& contestant : contestants_) {
      if (HasTokens(contestant)) continue;
      if (&contestant != &*last) meter_.Skip(raw_.size(), contestant.cost);
      if (contestant.is_left_out) TellLeftOut(resources_, contestant.options, raw_.size());
    }
    const BlockResources pass = meter_.Pass(raw_.size(), last->cost);
    if (!last->is_left_out && &*last != best) {
      LMZ_ASSIGN(leader_, CodeUnlessBehind(least, whole, last->options, pass));
    }
    if (!leader_ && best != nullptr) {
      LMZ_ASSIGN(leader_, Code(whole, best->options, meter_.Instead(raw_.size())));
    }
    if (leader_) meter_.SetCodeSize(leader_->payload.size());
    return OkStatus();
  }

  Result<uint64_t> HalfOfBytes(const PreparedBlock& whole) {
    const uint64_t size = whole.filtered().size();
    LMZ_ASSIGN(const text::Layout one_lane, text::Layout::Make(size, 1, 1));
    return HalfWithoutLanes(whole, MayTakeOneLane() ? one_lane : text::Layout::For(size, is_wide_),
                            contestants_.front().options, meter_.Pass(HalfSize(), 1));
  }

  // Codes the block, and takes the lead where that is shorter than what there is.
  Status Try(const PreparedBlock& whole, const Contestant& contestant) {
    const bool is_coded = contestant.cost == 1 && leader_.has_value();  // while picking the profile
    if (is_coded) return OkStatus();
    if (contestant.is_left_out) {
      TellLeftOut(resources_, contestant.options, raw_.size());
      meter_.Skip(raw_.size(), contestant.cost);
      return OkStatus();
    }
    const BlockResources pass = meter_.Pass(raw_.size(), contestant.cost);
    if (!leader_) {
      LMZ_ASSIGN(leader_, Code(whole, contestant.options, pass));
    } else {
      LMZ_ASSIGN(std::optional<Coded> rival,
                 CodeBelow(leader_->payload.size(), whole, contestant.options, pass));
      if (!rival) return OkStatus();
      leader_ = std::move(rival);
    }
    meter_.SetCodeSize(leader_->payload.size());
    return OkStatus();
  }

  ByteSpan raw_;
  uint8_t filters_;
  BytesOptions bytes_;
  const Model* model_;  // of the level; null: none is tried
  const bool is_wide_;  // text is coded in many lanes
  const BlockResources& resources_;
  PassMeter meter_;
  bool copies_stay_;   // in columns
  bool has_profiles_;  // the profile is picked by trying both
  bool is_text_;
  std::vector<SharedModel> lower_models_;
  std::vector<const Predictor*> models_;    // of bytes
  const TokenPredictor* tokens_ = nullptr;  // null: none is tried
  SharedModel second_;                      // beside it
  std::vector<Contestant> contestants_;
  std::optional<Coded> leader_;  // the smallest code of the block so far
};

}  // namespace

Result<BlockHeader> EncodePlanned(ByteSpan raw, const BlockPlan& planned, const ModelUse& use,
                                  Bytes& payload, const BlockResources& resources) {
  LMZ_ASSIGN(const BlockPlan plan, WithShape(raw, planned, resources));
  if (!plan.parts.empty()) return EncodeJoined(raw, plan, use, payload, resources);
  if (std::holds_alternative<StoredOptions>(plan.choice.options)) {
    return EncodeBlock(raw, plan.choice, payload, resources);
  }
  if (std::holds_alternative<InsideOptions>(plan.choice.options)) {
    return EncodeUnpacked(raw, plan, use, payload, resources);
  }
  if (!std::holds_alternative<BytesOptions>(plan.choice.options)) {
    return EncodeObject(raw, plan, kFilterRepeat, use, payload, resources);
  }
  LMZ_ASSIGN(Coded coded, Contest(raw, plan, use, resources).Run());
  payload.swap(coded.payload);
  return coded.header;
}

}  // namespace lmz
