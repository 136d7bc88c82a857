// The match model: finds the last place where the recent bytes stood before and predicts that what
// followed there follows again. A long match that breaks is resumed as if one byte had been
// changed, inserted or dropped. How far to trust it is learned by ContextMixer.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "base/status.h"
#include "cpu/zeroed_memory.h"

namespace lmz {

// What lanes share: where each hash of recent bytes was last seen, and how far each lane has come.
// Positions are those of the block, so that a lane finds what another one has seen.
class MatchTable {
 public:
  // For a block of raw_size bytes. Errors: kOutOfMemory.
  static Result<MatchTable> Make(uint64_t raw_size);

  // Holds from now on what `other`, made for the same size, holds.
  void CopyFrom(const MatchTable& other);

  // How many bytes it then takes.
  static uint64_t MemoryFor(uint64_t raw_size);

 private:
  friend class MatchModel;

  struct Reach {
    uint32_t begin;  // of the lane
    uint32_t end;    // of what is known of it
  };

  // The lane in which the byte before `position` lies.
  size_t LaneOf(uint32_t position) const;

  // Throws std::bad_alloc.
  explicit MatchTable(size_t positions)
      : memory_(positions * sizeof(uint32_t)),
        positions_(static_cast<uint32_t*>(memory_.Take(positions * sizeof(uint32_t)))),
        mask_(static_cast<uint32_t>(positions) - 1) {}

  ZeroedMemory memory_;
  uint32_t* positions_;       // [hash], in memory_; 0: none
  std::vector<Reach> reach_;  // [lane], by ascending begin
  uint32_t mask_;
};

class MatchModel {
 public:
  // A new lane of `table`, the bytes from `begin` on of `block`, which outlives the model. Lanes
  // are made in ascending order.
  MatchModel(const uint8_t* block, uint32_t begin, uint32_t min_length, MatchTable& table);

  // After a whole byte: the lane is known up to `position` in the block.
  void UpdateByte(MatchTable& table, uint32_t position);

  // The byte that the match predicts; meaningful while length() > 0.
  uint8_t expected_byte() const { return block_[match_position_]; }
  // Where in the block it stands.
  uint32_t match_position() const { return match_position_; }
  // Bytes that agreed before this one; 0: no match. Below the minimum: a broken match on trial,
  // with one more than has agreed since. One that has passed counts as long as the shortest long
  // match.
  uint32_t length() const { return length_; }

 private:
  // What made a match break.
  enum class Edit : uint8_t { kChange, kInsertion, kDrop };

  struct Resumption {
    Edit edit;
    uint32_t position;
  };

  bool IsOnTrial() const { return length_ > 0 && length_ < min_length_; }
  bool IsRemembered() const;
  uint32_t CountEqual(uint32_t candidate, uint32_t position, uint32_t limit) const;
  void Judge(uint8_t byte);
  void Extend();
  void Break(const MatchTable& table, uint8_t byte);
  Resumption GuessEdit(const MatchTable& table, uint8_t byte) const;
  void Retry(const MatchTable& table, uint32_t position);
  void Find(const MatchTable& table, uint32_t candidate, uint32_t position);

  const uint8_t* block_;
  uint32_t min_length_;
  size_t lane_;
  uint32_t match_position_ = 0;
  size_t match_lane_ = 0;  // that it is in
  uint32_t length_ = 0;
  uint32_t next_line_ = 0;  // of the match table, for the next byte

  // The long match that broke last.
  uint32_t old_position_ = 0;  // where it is by now if a byte was changed
  size_t old_lane_ = 0;        // that this is in
  uint32_t age_;               // bytes since, the one that broke it included
  Edit edit_ = Edit::kChange;  // that is being tried
  uint8_t found_byte_ = 0;
  uint8_t missed_byte_ = 0;

  // Of each byte: above 0 if it is taken for an insertion, or for a drop.
  std::array<int8_t, 256> insertions_;
  std::array<int8_t, 256> drops_;

  // Whether a match on trial has been better than a short match that was found instead.
  int trust_ = 0;
  uint32_t rival_position_ = 0;  // of the one that was not followed; 0: there was one only
  bool is_rival_new_ = false;
};

}  // namespace lmz
