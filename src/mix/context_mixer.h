// The online predictor of the `bytes` codec: contexts, match model and mixer, bit by bit.
//
// ContextMixer holds what all lanes of a group share (tables, maps, weights); a Lane holds what
// follows one position of the block. Predict and Update alternate for each bit, UpdateByte comes
// after the eighth. Encoder and decoder make the same calls, so they hold the same state.
// Everything is integer arithmetic; results depend on nothing but the calls. Not thread-safe.
#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "base/status.h"
#include "kernels/mixer_kernels.h"
#include "mix/context_set.h"
#include "mix/dual_rate.h"
#include "mix/match_model.h"
#include "mix/mixer.h"
#include "mix/probability_map.h"
#include "mix/quick_probability.h"
#include "mix/slot_table.h"

namespace lmz {

class ContextMixer {
 public:
  // One position of the block, with the bytes before it. `block` outlives the lane.
  class Lane {
   public:
    Lane(const uint8_t* block, Profile profile);

   private:
    friend class ContextMixer;
    const uint8_t* block_;
    uint32_t position_ = 0;
    ContextSet contexts_;
    MatchModel match_;
    std::array<uint8_t*, ContextSet::kContexts> slot_bytes_{};   // of the current half byte
    std::array<uint32_t, ContextSet::kContexts> last_bytes_{};   // behind a leading one
    std::array<uint8_t*, ContextSet::kContexts> first_slots_{};  // of the byte's first half
    uint32_t node_ = 1;       // the bits of the current byte behind a leading one
    uint32_t half_node_ = 1;  // the same for the current half byte
    bool is_match_alive_ = false;
  };

  // For a block of `raw_size` bytes. Errors: kOutOfMemory.
  static Result<ContextMixer> Make(uint64_t raw_size, const MixerKernels& kernels);

  // Bytes that Make allocates for this size, from above.
  static uint64_t MemoryFor(uint64_t raw_size);

  // The probability, in 1/65536 and within 1 .. 65535, that the lane's next bit is a one.
  uint32_t Predict(Lane& lane);

  // The lane's next bit was `bit`.
  void Update(Lane& lane, int bit);

  // The lane's current byte is complete and stands in its block at the lane's position.
  void UpdateByte(Lane& lane);

 private:
  ContextMixer(uint64_t raw_size, SlotTable slots, const MixerKernels& kernels);

  void EnterHalf(Lane& lane);
  uint32_t FillMatchInputs(Lane& lane, int bit_index);
  uint32_t Refine(const Lane& lane, int logit_q8);

  const MixerKernels& kernels_;
  const QuickTable& quick_;
  SlotTable slots_;
  MatchTable match_table_;
  Mixer mixer_;
  // What bit histories mean: [context][expectation][history], each a DualRate.
  std::vector<uint32_t> history_map_;
  std::vector<DualRate> match_length_map_;  // [length class][expected bit]
  std::vector<DualRate> match_byte_map_;    // [expected byte][last byte][expected bit]
  ProbabilityMap order1_map_;
  ProbabilityMap order2_map_;
  uint32_t map_mask_;

  // Of the bit being predicted, for Update.
  std::array<uint32_t, ContextSet::kContexts> history_index_{};
  DualRate* bit_match_length_ = nullptr;
  DualRate* bit_match_byte_ = nullptr;
};

}  // namespace lmz
