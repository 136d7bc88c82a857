// The online predictor of the `bytes` and `text` codecs: contexts, match model and mixer, bit by
// bit.
//
// ContextMixer holds what all lanes of a group share (tables, maps, weights); a Lane holds what
// follows one position of the block. Predict and Update alternate for each bit, UpdateByte comes
// after the eighth. Encoder and decoder make the same calls, so they hold the same state.
// Everything is integer arithmetic; results depend on nothing but the calls. Not thread-safe.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <vector>

#include "base/status.h"
#include "mix/byte_opinion.h"
#include "mix/context_set.h"
#include "mix/dual_rate.h"
#include "mix/kernels/mixer_kernels.h"
#include "mix/match_model.h"
#include "mix/mixer.h"
#include "mix/mixer_inputs.h"
#include "mix/probability_map.h"
#include "mix/table/context_table.h"
#include "mix/table/node_steps.h"
#include "model/mixer_start.h"
#include "model/predictor.h"

namespace lmz {

class ContextMixer {
 public:
  // One position of the block, with the bytes before it. `block` outlives the lane.
  class Lane {
   public:
    // Before the first Predict of each byte, each of the opinions that the mixer was made for: the
    // relative weights of the lane's next byte, 256 numbers >= 1 with a sum below 2^32. Touches
    // nothing but the lane.
    void SetOpinion(size_t number, const uint32_t* weights) {
      opinions_[number].Set(weights, *kernels_);
    }

    // Of the next bit, the first opinion's logit.
    int OpinionLogitQ8() const { return opinions_[0].LogitQ8(node_); }

    // The bits of the current byte behind a leading one.
    uint32_t node() const { return node_; }

    // The next bit, if it is the only one that the first opinion has a weight for, or -1.
    int OnlyBit() const { return opinions_[0].OnlyBit(node_); }

    // The opinion of that number, valid until the next one.
    const ByteOpinion& opinion(size_t number) const { return opinions_[number]; }

    // Of the next byte in the block.
    uint32_t position() const { return position_; }

    // What the lane's bytes up to the last one match, between two bytes.
    const MatchModel& match() const { return match_; }

   private:
    friend class ContextMixer;
    Lane(const uint8_t* block, uint32_t begin, Profile profile, const RecordShape& shape,
         uint32_t index, MatchTable& match_table, const MixerKernels& kernels);

    const MixerKernels* kernels_;
    const uint8_t* block_;
    uint32_t index_;     // of the lane: 0, 1, ..
    uint32_t begin_;     // of the lane in the block
    uint32_t position_;  // of the next byte in the block
    ContextSet contexts_;
    MatchModel match_;
    std::array<ByteOpinion, mixer_inputs::kMaxOpinions> opinions_;
    ContextTable::View view_;
    uint32_t node_ = 1;       // the bits of the current byte behind a leading one
    uint32_t half_node_ = 1;  // the same for the current half byte
    bool is_match_alive_ = false;
  };

  // What a mixer begins with.
  struct Start {
    size_t opinions = 0;  // that it mixes: 0 .. mixer_inputs::kMaxOpinions
    MixerStart weights;   // of each set; the set of each further opinion begins as the first one's
    int16_t extra = 0;    // of all extra inputs, in 1/32768
  };
  static Start Untrained(size_t opinions);
  // For the opinions of these models, in this order; where the first one brings trained weights,
  // with those. Null where there is no model.
  static Start For(std::span<const Predictor* const> models);

  // For a block of `raw_size` bytes in 1 <= `lanes` <= 64 lanes. Errors: kOutOfMemory.
  static Result<ContextMixer> Make(uint64_t raw_size, int lanes, const Start& start,
                                   const MixerKernels& kernels);

  // The bytes that a mixer of this size and its lanes take, from above.
  static uint64_t MemoryFor(uint64_t raw_size, int lanes, Profile profile);

  // The next lane, of the bytes from `begin` on of `block`, which outlives it. Lanes are made in
  // ascending order, before anything is predicted, and end where the next begins. Both sides of the
  // coder may hand over the whole block: nothing reads a byte of it before UpdateByte was called
  // for it. `shape`, valid, is that of records.
  Lane MakeLane(const uint8_t* block, uint32_t begin, Profile profile,
                const RecordShape& shape = {}) {
    return Lane(block, begin, profile, shape, made_lanes_++, match_table_, kernels_);
  }

  // Before Predict: another input that is mixed, |value| < 2^12; 0 until it is set.
  // number < mixer_inputs::kMaxExtra.
  void SetExtra(size_t number, int16_t value) {
    mixer_.SetInput(mixer_inputs::kExtra + number, value);
  }

  // The probability, in 1/65536 and within 1 .. 65535, that the lane's next bit is a one.
  uint32_t Predict(Lane& lane);

  // The lane's next bit was `bit`.
  void Update(Lane& lane, int bit);

  // What Predict would give after the bits in `node` (1 .. 255), for those who only look: between
  // two bytes of the lane, first for node 1, then for any others. Leaves no trace. What Predict
  // learns from a byte's first bits, and contexts that share memory, make it differ a little.
  uint32_t Peek(Lane& lane, uint32_t node);

  // How many opinions are mixed.
  size_t opinions() const { return opinions_; }

  // While bits of another lane are predicted, asks for the memory of `lane`, which is between two
  // bytes and comes next: a part with each bit, since a core waits for no more than so many pieces
  // of memory at a time. Null: a lane's memory is asked for when its byte is known. `lane` outlives
  // this or the next call.
  void Await(const Lane* lane) { awaited_ = lane; }

  // Knows from now on what `other` knows, which was made with the same arguments and whose lanes
  // are between two bytes; a copy of such a lane goes on with either. Allocates nothing.
  void CopyFrom(const ContextMixer& other);

  // For training: goes on with the weights of `other`, which had as many lanes and the same start.
  void TakeWeights(ContextMixer& other) { mixer_.TakeWeights(other.mixer_); }

  // For training: what a later mixer with one opinion may begin with, having learnt what this one
  // did since `start`.
  MixerStart MeanWeights(const Start& start) const;

  // The lane's current byte is complete and stands in its block at the lane's position.
  void UpdateByte(Lane& lane);

 private:
  ContextMixer(uint64_t raw_size, int lanes, const Start& start, ContextTable contexts,
               MatchTable matches, const MixerKernels& kernels);

  void EnterHalf(Lane& lane);
  uint32_t PredictHere(Lane& lane);
  uint32_t FillMatchInputs(Lane& lane, int bit_index, Mixer::Eight& tail);
  uint32_t FillOpinionInputs(const Lane& lane, size_t number, Mixer::Eight& tail);
  void Foresee(Lane& lane, uint32_t next_node);
  void PrefetchAwaited(uint32_t node) const;
  void EnterMaps(const Lane& lane);
  uint32_t Refine(int logit_q8);

  size_t opinions_;
  uint32_t made_lanes_ = 0;
  const MixerKernels& kernels_;
  const NodeSteps& steps_;
  ContextTable contexts_;
  MatchTable match_table_;
  Mixer mixer_;
  // What bit histories mean: [context][expectation][history], each a DualRate.
  std::vector<uint32_t> history_map_;
  std::vector<DualRate> match_length_map_;  // [length class][expected bit]
  std::vector<DualRate> match_byte_map_;    // [expected byte][last byte][expected bit]
  const Lane* awaited_ = nullptr;
  ProbabilityMap order1_map_;
  ProbabilityMap order2_map_;
  uint32_t map_mask_;

  // Of the bit being predicted, for Update.
  ContextBit context_bit_{};
  DualRate* bit_match_length_ = nullptr;
  DualRate* bit_match_byte_ = nullptr;
};

}  // namespace lmz
