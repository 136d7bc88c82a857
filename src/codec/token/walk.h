// The one walk over a block of the token codec, for both directions.
//
// Every step gives each lane the weights of its next token, which is then coded byte by byte, the
// lanes in turn: first whether it ends where a token can, then its next byte. What a lane's bytes
// are coded with depends on nothing but what was coded before, so that lanes may be at different
// bytes of their tokens, and of the block.
#pragma once

#include <algorithm>
#include <array>
#include <iterator>
#include <memory>
#include <span>
#include <type_traits>
#include <vector>

#include "codec/codec.h"
#include "codec/text/layout.h"
#include "codec/token/feed.h"
#include "codec/token/second_opinion.h"
#include "entropy/code_byte.h"
#include "mix/context_mixer.h"
#include "mix/observe/observed_decoder.h"
#include "mix/token/end_mixer.h"
#include "mix/token/token_bias.h"
#include "mix/token/token_opinion.h"
#include "model/segmenter/segmenter.h"

namespace lmz::token {

// Encoding, Coder is Encoder and Byte is const uint8_t; decoding, each byte is written before
// anything reads it.
template <class Coder, class Byte>
class TokenWalk {
 public:
  // All arguments outlive the walk; `second` may be null. May throw std::bad_alloc.
  TokenWalk(const TokenPredictor& model, const Predictor* second, const text::Layout& layout,
            std::span<Byte> block, Coder& coder, const BlockResources& resources)
      : model_(model),
        layout_(layout),
        block_(block),
        coder_(coder),
        resources_(resources),
        trie_(model.vocabulary()),
        feed_(model, layout.lanes(), resources,
              kIsEncoding ? TokenFeed::Tokens::kKnown : TokenFeed::Tokens::kUnknown),
        second_(second, layout.lanes(),
                kIsEncoding ? SecondOpinion::Lanes::kKnown : SecondOpinion::Lanes::kUnknown),
        bias_(block.size()),
        end_mixer_(block.size()),
        ends_(block.size()) {}

  // The memory that the walk takes, from above, in bytes.
  static uint64_t MemoryFor(const TokenPredictor& model, const Predictor* second,
                            const text::Layout& layout, int threads) {
    const uint64_t size = layout.LaneBegin(layout.lanes());
    const uint64_t of_lane = sizeof(Lane) + TokenOpinion::MemoryFor(model.vocabulary().size());
    return TokenTrie::MemoryFor(model.vocabulary()) +
           TokenFeed::MemoryFor(model, layout.lanes(), threads) +
           SecondOpinion::MemoryFor(second, layout.lanes()) +
           ContextMixer::MemoryFor(size, layout.lanes(), Profile::kText) +
           EndMixer::MemoryFor(size) + TokenBias::MemoryFor(size) + size / 8 +
           static_cast<uint64_t>(layout.lanes()) * of_lane + sizeof(TokenWalk);
  }

  // Codes the whole block. Errors: kOutOfMemory, kCancelled, kTruncated when the coder has overrun,
  // those of a session.
  Status Run() {
    LMZ_TRY(MakeLanes());
    LMZ_TRY(StepSecond(active_));
    while (!active_.empty()) {
      LMZ_TRY(feed_.Step(active_));
      for (const int number : active_) {
        lane(number).opinion.Begin(feed_.weights(number));
        lane(number).token_size = 0;
        lane(number).is_in_token = true;
      }
      LMZ_TRY(CodeTokens());
      if (coder_.overran()) return Status(Code::kTruncated, "the payload ends too early");
      std::erase_if(active_, [this](int number) { return lane(number).IsOver(); });
      const bool goes_on = resources_.Report(done_, coder_.written_size()) &&
                           (kIsEncoding || resources_.TellDecoded(lane(0).position));
      if (!goes_on) return CancelledStatus();
    }
    return OkStatus();
  }

 private:
  static constexpr bool kIsEncoding = std::is_const_v<Byte>;
  using PlainCoder = std::remove_reference_t<decltype(Unobserved(std::declval<Coder&>()))>;

  // What the mixer begins with, in 1/65536: the model is believed more than all others.
  static constexpr int32_t kModelWeight = 49152;
  static constexpr int32_t kSecondWeight = 16384;
  static constexpr int32_t kContextWeight = 983;
  static constexpr int16_t kExtraWeight = 16384;  // in 1/32768

  struct Lane {
    bool IsOver() const { return position == end; }

    ContextMixer::Lane mixed;
    TokenOpinion opinion;
    size_t begin;  // in the block
    size_t end;
    size_t position;  // of its next byte
    bool is_in_token = false;
    uint32_t token_size = 0;  // as far as it is known
    uint32_t tokens = 0;      // that are known
    uint32_t last_token = UINT32_MAX;
    uint32_t before_last = UINT32_MAX;
  };

  // Predicts the bits of a lane's byte and learns them.
  struct Bits {
    uint32_t Predict() {
      const auto inputs = bias.Predict(contexts, mixed.node(), mixed.OpinionLogitQ8());
      for (size_t i = 0; i < inputs.size(); ++i) mixer.SetExtra(i, inputs[i]);
      return mixer.Predict(mixed);
    }
    void Update(int bit) {
      bias.Update(bit);
      mixer.Update(mixed, bit);
    }
    ContextMixer& mixer;
    ContextMixer::Lane& mixed;
    TokenBias& bias;
    const TokenBias::Contexts contexts;
  };

  // What the bits would be predicted with after those in `node`, for observers.
  static uint32_t Peek(Bits& bits, uint32_t node) {
    if (node == 1) bits.mixer.Peek(bits.mixed, node);
    const ByteOpinion& opinion = bits.mixed.opinion(0);
    const int only = opinion.OnlyBit(node);
    if (only >= 0) return only != 0 ? 65536 : 0;
    const auto inputs = bits.bias.Predict(bits.contexts, node, opinion.LogitQ8(node));
    for (size_t i = 0; i < inputs.size(); ++i) bits.mixer.SetExtra(i, inputs[i]);
    return bits.mixer.Peek(bits.mixed, node);
  }

  // Leaves out the bits that the vocabulary decides.
  struct ChoiceCoder {
    int Code(int bit, uint32_t p1_q16) {
      const int only = mixed.OnlyBit();
      return only >= 0 ? only : coder.Code(bit, p1_q16);
    }
    PlainCoder& coder;
    const ContextMixer::Lane& mixed;
  };

  Lane& lane(int number) { return lanes_[static_cast<size_t>(number)]; }

  ContextMixer::Start MixerStart() const {
    ContextMixer::Start start = {
        .opinions = second_.exists() ? 2u : 1u, .weights = {}, .extra = kExtraWeight};
    for (auto& set : start.weights.weights) {
      set.fill(kContextWeight);
      set[mixer_inputs::kOpinions[0][0]] = kModelWeight;
      set[mixer_inputs::kOpinions[1][0]] = kSecondWeight;
    }
    if (model_.mixer_start() != nullptr) start.weights = *model_.mixer_start();
    return start;
  }

  Status MakeLanes() {
    LMZ_ASSIGN(ContextMixer mixer, ContextMixer::Make(block_.size(), layout_.lanes(), MixerStart(),
                                                      BestKernels(MixerBuilds())));
    mixer_ = std::make_unique<ContextMixer>(std::move(mixer));
    lanes_.reserve(static_cast<size_t>(layout_.lanes()));
    for (int number = 0; number < layout_.lanes(); ++number) {
      const size_t begin = static_cast<size_t>(layout_.LaneBegin(number));
      const size_t end = static_cast<size_t>(layout_.LaneBegin(number + 1));
      lanes_.push_back(
          {.mixed = mixer_->MakeLane(block_.data(), static_cast<uint32_t>(begin), Profile::kText),
           .opinion = TokenOpinion(trie_),
           .begin = begin,
           .end = end,
           .position = begin});
      active_.push_back(number);
    }
    if constexpr (kIsEncoding) {
      Segmenter segmenter(model_.vocabulary());
      for (int number = 0; number < layout_.lanes(); ++number) {
        const Lane& own = lane(number);
        const ByteSpan bytes = block_.subspan(own.begin, own.end - own.begin);
        segmenter.Segment(bytes, feed_.tokens(number));
        if (second_.exists()) second_.SetLane(number, bytes);
      }
    }
    return OkStatus();
  }

  // The next token of all lanes that are active.
  Status CodeTokens() {
    while (true) {
      open_.clear();
      coded_.clear();
      std::ranges::copy_if(active_, std::back_inserter(open_),
                           [this](int number) { return lane(number).is_in_token; });
      for (size_t i = 0; i < open_.size(); ++i) {
        if (open_.size() > 1) mixer_->Await(&lane(open_[(i + 1) % open_.size()]).mixed);
        if (CodeNext(open_[i])) coded_.push_back(open_[i]);
      }
      mixer_->Await(nullptr);
      if (coded_.empty()) return OkStatus();
      LMZ_TRY(StepSecond(coded_));
    }
  }

  Status StepSecond(std::span<const int> lanes) {
    if (!second_.exists()) return OkStatus();
    LMZ_TRY(second_.Step(lanes));
    for (const int number : lanes) lane(number).mixed.SetOpinion(1, second_.weights(number));
    return OkStatus();
  }

  // Codes whether the lane's token ends and, if not, its next byte. Returns whether there was one,
  // and there are more.
  bool CodeNext(int number) {
    Lane& own = lane(number);
    if (own.token_size > 0 && own.opinion.CanEnd() && CodeEnd(number)) {
      FinishToken(number);
      return false;
    }
    std::array<uint32_t, 256> weights;
    own.opinion.ByteWeights(weights.data());
    own.mixed.SetOpinion(0, weights.data());
    ChoiceCoder coder = {Unobserved(coder_), own.mixed};
    Bits bits = {*mixer_, own.mixed, bias_,
                 TokenBias::ContextsOf(own.opinion.node(), own.last_token, own.before_last)};
    if constexpr (kIsObserved<Coder>) {
      coder_.Foresee(*mixer_, own.mixed, [&](uint32_t node) { return Peek(bits, node); });
    }
    const uint8_t byte = CodeByte(coder, bits, kIsEncoding ? block_[own.position] : 0u);
    if constexpr (!kIsEncoding) block_[own.position] = byte;
    if constexpr (kIsObserved<Coder>) coder_.EndByte(own.mixed, byte);
    mixer_->UpdateByte(own.mixed);
    own.opinion.Enter(byte);
    if (!kIsEncoding && second_.exists()) second_.SetLast(number, byte);
    ++own.position;
    ++own.token_size;
    ++done_;
    if (own.IsOver()) {
      own.is_in_token = false;
    } else if (!own.opinion.CanGoOn()) {
      FinishToken(number);
    }
    return !own.IsOver();
  }

  bool CodeEnd(int number) {
    Lane& own = lane(number);
    const uint32_t recent = RecentBytes(own);
    const MatchModel& match = own.mixed.match();
    const bool has_match = match.length() != 0;
    const EndMixer::Situation situation = {
        .model_logit_q8 = own.opinion.EndLogitQ8(),
        .second_logit_q8 = second_.EndLogitQ8(number, trie_, trie_.node(own.opinion.node())),
        .node = own.opinion.node(),
        .previous = own.last_token,
        .recent = recent,
        .match_length = match.length(),
        .match_ended = has_match && ends_[match.match_position()],
        .expected_byte = has_match ? match.expected_byte() : uint8_t{0}};
    const uint32_t p1_q16 = end_mixer_.Predict(situation);
    int wanted = 0;
    if constexpr (kIsEncoding) {
      const uint32_t token = feed_.tokens(number)[own.tokens];
      wanted = model_.vocabulary().text(token).size() == own.token_size ? 1 : 0;
    }
    const int ends = coder_.Code(wanted, p1_q16);
    end_mixer_.Update(ends != 0);
    return ends != 0;
  }

  void FinishToken(int number) {
    Lane& own = lane(number);
    own.is_in_token = false;
    own.before_last = own.last_token;
    own.last_token = trie_.node(own.opinion.node()).begin;
    ++own.tokens;
    ends_[own.position] = true;
    if constexpr (!kIsEncoding) feed_.SetLast(number, own.last_token);
  }

  // The last four bytes of the lane, the latest lowest; 0 before its first one.
  uint32_t RecentBytes(const Lane& own) const {
    uint32_t recent = 0;
    for (size_t at = std::max(own.begin + 4, own.position) - 4; at < own.position; ++at) {
      recent = recent << 8 | block_[at];
    }
    return recent;
  }

  const TokenPredictor& model_;
  const text::Layout& layout_;
  const std::span<Byte> block_;
  Coder& coder_;
  const BlockResources& resources_;
  const TokenTrie trie_;
  TokenFeed feed_;
  SecondOpinion second_;
  std::unique_ptr<ContextMixer> mixer_;
  TokenBias bias_;
  EndMixer end_mixer_;
  std::vector<bool> ends_;  // [byte of the block]: a token ended before it
  std::vector<Lane> lanes_;
  std::vector<int> active_;  // lanes with bytes left, ascending
  std::vector<int> open_;    // those whose token is open
  std::vector<int> coded_;   // those of them that have just coded a byte
  uint64_t done_ = 0;
};

}  // namespace lmz::token
