#include "plan/contest.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "codec/text/layout.h"
#include "plan/pass_meter.h"

namespace lmz {

namespace {

// Large enough for columns and keys to show, small against the time of a large block.
constexpr size_t kProfileSample = size_t{1} << 16;

// The network is slow: a sample of this size, then at most one more pass over the block.
constexpr size_t kModelSample = size_t{1} << 14;

// One lane is a third as fast as eight, so only what is done in seconds is coded in one again.
constexpr size_t kMaxOneLaneSize = size_t{1} << 19;

// Enough for letters that a model knows to show beside bytes that it has never met. A sample this
// short is coded in one lane, which is slow.
constexpr size_t kCharsetModelSample = size_t{1} << 11;
constexpr uint64_t kCharsetPasses = 3;

// The text codec takes several times as long, so a model that helps less than this is left out. As
// divisors: 1 % and 2 %.
constexpr size_t kMinGain = 100;
constexpr size_t kMaxSampleLoss = 50;

// What a byte takes in the text codec, measured in bytes of the `bytes` codec. Only progress
// depends on it.
constexpr uint64_t kTextCost = 4;

// An attempt that has come to this much more than it may is lost: coders end within a few bytes of
// what they reported.
constexpr size_t kReportSlack = 64;

ByteSpan Middle(ByteSpan raw, size_t size) {
  const size_t taken = std::min(size, raw.size());
  return raw.subspan((raw.size() - taken) / 2, taken);
}

struct Coded {
  BlockHeader header;
  Bytes payload;
};

// Codes `block` unless that takes `limit` bytes or more, and stops as soon as that shows. None when
// it does.
Result<std::optional<Coded>> CodeBelow(size_t limit, const PreparedBlock& block,
                                       const CodecOptions& options,
                                       const BlockResources& resources) {
  bool is_lost = false;
  BlockResources watched = resources;
  watched.report = [&](uint64_t done, uint64_t code_size) {
    is_lost = is_lost || code_size >= limit + kReportSlack;
    return !is_lost && resources.Report(done, code_size);
  };
  Coded coded;
  const Result<BlockHeader> header = block.Encode(options, coded.payload, watched);
  if (is_lost) return std::optional<Coded>();
  LMZ_TRY(header.status());
  if (coded.payload.size() >= limit) return std::optional<Coded>();
  coded.header = header.value();
  return std::optional<Coded>(std::move(coded));
}

Result<Coded> Code(const PreparedBlock& block, const CodecOptions& options,
                   const BlockResources& resources) {
  Coded coded;
  LMZ_ASSIGN(coded.header, block.Encode(options, coded.payload, resources));
  return coded;
}

// The contest for one block. Contestants share the prepared block, samples too, and stop when they
// have lost.
class Contest {
 public:
  // Both outlive the contest.
  Contest(ByteSpan raw, const BlockPlan& plan, const Predictor* model,
          const BlockResources& resources)
      : raw_(raw),
        filters_(plan.choice.filters),
        bytes_(std::get<BytesOptions>(plan.choice.options)),
        text_{.profile = bytes_.profile, .model = model},
        meter_(resources, raw.size()),
        has_profiles_(plan.content == Content::kStructured),
        is_text_(plan.content == Content::kText) {
    Announce();
  }

  Result<Coded> Run() {
    if (MayChangeCharset()) LMZ_TRY(PickCharset());
    LMZ_ASSIGN(const PreparedBlock whole, PreparedBlock::Make(raw_, filters_, meter_.Pause()));
    if (has_profiles_) LMZ_TRY(PickProfile(whole));
    if (text_.model != nullptr) LMZ_TRY(TryModel(whole));
    if (leader_) return std::move(*leader_);
    if (coded_bytes_) return std::move(*coded_bytes_);
    return Code(whole, bytes_, meter_.Pass(raw_.size(), 1));
  }

 private:
  void Announce() {
    if (MayChangeCharset()) {
      meter_.Announce(CharsetSample().size(), kCharsetPasses * CharsetCost());
    }
    if (has_profiles_) {
      meter_.Announce(ProfileSample().size(), 1);
      meter_.Announce(ProfileSample().size(), 1);
    }
    if (text_.model != nullptr) {
      if (!is_text_ && raw_.size() > kModelSample) meter_.Announce(kModelSample, 1 + kTextCost);
      meter_.Announce(raw_.size(), kTextCost);
      if (MayTakeOneLane()) meter_.Announce(raw_.size(), kTextCost);
    }
    const bool has_bytes = text_.model == nullptr || !is_text_;
    if (has_bytes && !ProfilesAreWhole()) meter_.Announce(raw_.size(), 1);
  }

  ByteSpan ProfileSample() const { return Middle(raw_, kProfileSample); }
  // Whether picking the profile codes the block itself.
  bool ProfilesAreWhole() const { return has_profiles_ && raw_.size() <= kProfileSample; }
  bool MayTakeOneLane() const {
    return !is_text_ && raw_.size() <= kMaxOneLaneSize &&
           text::Layout::For(raw_.size()).lanes() > 1;
  }

  bool MayChangeCharset() const { return (filters_ & kFilterCharset) != 0; }
  uint64_t CharsetCost() const { return text_.model != nullptr ? kTextCost : 1; }
  ByteSpan CharsetSample() const {
    return Middle(raw_, text_.model != nullptr ? kCharsetModelSample : kProfileSample);
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
        text_.model != nullptr ? CodecOptions(text_) : CodecOptions(bytes_);
    LMZ_ASSIGN(const Coded coded, Code(utf8, options, meter_.Pass(raw.size(), CharsetCost())));
    size_t limit = coded.payload.size() + 1;
    for (const CodecOptions& other :
         {options, CodecOptions(BytesOptions{.profile = Profile::kBinary})}) {
      LMZ_ASSIGN(const std::optional<Coded> rival,
                 CodeBelow(limit, plain, other, meter_.Pass(raw.size(), CharsetCost())));
      if (!rival) continue;
      limit = rival->payload.size();
      filters_ = others;
      is_text_ = false;
      if (!std::holds_alternative<BytesOptions>(other)) continue;
      bytes_ = std::get<BytesOptions>(other);
      text_.profile = bytes_.profile;
    }
    return OkStatus();
  }

  // Which profile suits structured text: words or columns.
  Status PickProfile(const PreparedBlock& whole) {
    const ByteSpan raw = ProfileSample();
    if (ProfilesAreWhole()) return PickProfileOn(whole, raw.size());
    LMZ_ASSIGN(const PreparedBlock sample, PreparedBlock::Make(raw, filters_, meter_.Pause()));
    return PickProfileOn(sample, raw.size());
  }

  Status PickProfileOn(const PreparedBlock& sample, size_t size) {
    bytes_.profile = Profile::kText;
    LMZ_ASSIGN(Coded best, Code(sample, bytes_, meter_.Pass(size, 1)));
    const BytesOptions binary = {.profile = Profile::kBinary};
    LMZ_ASSIGN(std::optional<Coded> rival,
               CodeBelow(best.payload.size(), sample, binary, meter_.Pass(size, 1)));
    if (rival) {
      bytes_ = binary;
      best = std::move(*rival);
    }
    text_.profile = bytes_.profile;
    if (ProfilesAreWhole()) coded_bytes_ = std::move(best);
    return OkStatus();
  }

  // Whether the model is worth a try on the whole, by a sample. There the network and the mixer
  // have just met, so where a try takes seconds only a clear loss counts against it.
  Result<bool> ModelMayHelp() {
    if (is_text_ || raw_.size() <= kModelSample) return true;  // or no longer than its sample
    LMZ_ASSIGN(const PreparedBlock sample,
               PreparedBlock::Make(Middle(raw_, kModelSample), filters_, meter_.Pause()));
    LMZ_ASSIGN(const Coded without, Code(sample, bytes_, meter_.Pass(kModelSample, 1)));
    const size_t size = without.payload.size();
    const size_t limit =
        raw_.size() <= kMaxOneLaneSize ? size + size / kMaxSampleLoss : size - size / kMinGain;
    LMZ_ASSIGN(const std::optional<Coded> with,
               CodeBelow(limit, sample, text_, meter_.Pass(kModelSample, kTextCost)));
    return with.has_value();
  }

  Status TryModel(const PreparedBlock& whole) {
    LMZ_ASSIGN(const bool may_help, ModelMayHelp());
    if (!may_help) {
      meter_.Skip(raw_.size(), MayTakeOneLane() ? 2 * kTextCost : kTextCost);
      return OkStatus();
    }
    LMZ_ASSIGN(leader_, Code(whole, text_, meter_.Pass(raw_.size(), kTextCost)));
    meter_.SetCodeSize(leader_->payload.size());
    if (is_text_) return OkStatus();
    LMZ_ASSIGN(const bool lanes_cost, TryBytes(whole));
    if (!lanes_cost || !MayTakeOneLane()) return OkStatus();
    // What may help in one lane can fail in several, where neighbours resemble each other.
    text_.lanes = 1;
    const size_t size = leader_->payload.size();
    return Try(whole, text_, kTextCost, size - size / kMinGain).status();
  }

  // Whether `bytes` takes the lead.
  Result<bool> TryBytes(const PreparedBlock& whole) {
    const size_t limit = leader_->payload.size();
    if (!coded_bytes_) return Try(whole, bytes_, 1, limit);
    if (coded_bytes_->payload.size() >= limit) return false;
    leader_ = std::move(coded_bytes_);
    return true;
  }

  // Whether the block under `options` takes less than `limit` bytes, and the lead.
  Result<bool> Try(const PreparedBlock& whole, const CodecOptions& options, uint64_t cost,
                   size_t limit) {
    LMZ_ASSIGN(std::optional<Coded> rival,
               CodeBelow(limit, whole, options, meter_.Pass(raw_.size(), cost)));
    if (!rival) return false;
    leader_ = std::move(rival);
    meter_.SetCodeSize(leader_->payload.size());
    return true;
  }

  ByteSpan raw_;
  uint8_t filters_;
  BytesOptions bytes_;
  TextOptions text_;  // without a model: not tried
  PassMeter meter_;
  bool has_profiles_;                 // the profile is picked by trying both
  bool is_text_;                      // for which a model is better than none
  std::optional<Coded> leader_;       // the smallest code of the block so far
  std::optional<Coded> coded_bytes_;  // the block as `bytes` codes it, where that came early
};

}  // namespace

Result<BlockHeader> EncodePlanned(ByteSpan raw, const BlockPlan& plan, const Predictor* model,
                                  Bytes& payload, const BlockResources& resources) {
  if (!std::holds_alternative<BytesOptions>(plan.choice.options)) {
    return EncodeBlock(raw, plan.choice, payload, resources);
  }
  LMZ_ASSIGN(Coded coded, Contest(raw, plan, model, resources).Run());
  payload.swap(coded.payload);
  return coded.header;
}

}  // namespace lmz
