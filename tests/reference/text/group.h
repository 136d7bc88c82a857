// Mixing, from the memory of a block to the bits of each byte: sections 3 to 11 of
// src/codec/bytes/spec.md for one lane without a model, 5 of src/codec/text/spec.md for the lanes
// of a group with one, and 4 and 5 of src/codec/token/spec.md.
#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "tests/reference/text/arithmetic_decoder.h"
#include "tests/reference/text/contexts.h"
#include "tests/reference/text/match.h"
#include "tests/reference/text/mixing.h"
#include "tests/reference/text/slots.h"

namespace lmz::reference {

// Inputs behind those of the opinions: of `token`, 5.1.
class ExtraInputs {
 public:
  virtual ~ExtraInputs() = default;
  virtual std::vector<int> Predict(uint32_t node, int logit) = 0;
  virtual void Learn(int bit) = 0;
};

// Sum of `text`, 4, for each opinion.
using Opinions = std::vector<std::vector<int64_t>>;

class Group {
 public:
  // For n bytes in so many lanes. With a model, `start` holds its six first rows; with a second
  // opinion there are seven.
  Group(int profile, uint64_t n, size_t lanes, const std::vector<std::vector<int>>& start,
        const RecordFields& records = {});

  // Decodes the next byte of `lane`. `sum` is that of `text`, 4; nothing reads it without a model.
  void DecodeByte(size_t lane, ArithmeticDecoder& code, const std::vector<int64_t>& sum);

  // As `token`, 4 has it: bits that the first opinion leaves no choice for are not decoded.
  void DecodeTokenByte(size_t lane, ArithmeticDecoder& code, const Opinions& opinions,
                       ExtraInputs& extra);

  // The same for a byte that is known already (docs/spec/records.md, 2).
  void LearnByte(size_t lane, uint8_t byte, const std::vector<int64_t>& sum);

  // Of the lane's match, between two bytes.
  const Match& match(size_t lane) const { return matches_[lane]; }

  // The known bytes of each lane.
  const std::vector<Bytes>& lanes() const { return lanes_; }

 private:
  // bit_of(P1) is each bit of the byte.
  template <class BitOf>
  void WalkByte(size_t lane, const Opinions& opinions, BitOf bit_of);
  Pair& HistoryPair(size_t i, size_t e, const History& history);
  void FillPair(const History& history);
  void FillHistoryMap();
  void FindFirstSlots();
  void FindSecondSlots();
  void LeaveContexts(uint8_t byte);
  size_t TakeSlotInputs();
  size_t TakeMatchInputs();
  size_t TakeModelInputs(const std::vector<int64_t>& sum, size_t at);
  int P1(const Opinions& opinions);
  void LearnSlots(int bit);
  void Learn(int bit);
  void EndByte();

  const int profile_;
  const RecordFields records_;
  const size_t opinions_;
  const size_t inputs_count_;
  ExtraInputs* extra_ = nullptr;

  // Of each lane.
  std::vector<Bytes> lanes_;
  std::vector<Contexts> contexts_;
  std::vector<Match> matches_;

  // Of the byte that is being decoded.
  size_t lane_ = 0;
  uint32_t node_ = 1;
  uint32_t half_node_ = 1;
  int bit_index_ = 7;
  uint32_t c1_ = 0;
  uint32_t c2_ = 0;
  std::array<uint32_t, 16> hash_{};
  std::array<Run, 16> run_{};
  std::array<Run*, 16> run_place_{};
  std::array<Slot, 16> first_half_{};
  std::array<Slot, 16> second_half_{};
  std::array<Slot*, 16> slot_{};
  std::array<Slot*, 16> first_slot_{};
  std::array<uint8_t, 16> expected_{};

  // Of the bit that is being decoded.
  std::array<Pair*, 16> slot_pair_{};
  std::array<History, 16> history_{};
  std::array<int8_t, 16> quick_{};
  int match_bit_ = 0;
  Pair* length_pair_ = nullptr;
  Pair* byte_pair_ = nullptr;
  std::vector<int> inputs_;
  std::vector<int> set_logits_;

  // Of the whole group.
  Slots slots_;
  Runs runs_;
  std::vector<Pair> history_map_;
  Match::Table match_table_;
  std::vector<std::array<Pair, 2>> length_map_ = std::vector<std::array<Pair, 2>>(32);
  std::vector<std::array<Pair, 2>> byte_map_ = std::vector<std::array<Pair, 2>>(1 << 14);
  std::vector<WeightSet> sets_;
  std::vector<WeightSet> final_sets_;
  ProbabilityMap order1_map_;
  ProbabilityMap order2_map_;
};

}  // namespace lmz::reference
