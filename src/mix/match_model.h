// The match model: finds the last place where the recent bytes stood before and predicts that what
// followed there follows again. How far to trust it is learned by ContextMixer.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace lmz {

// What lanes share: where each hash of recent bytes was last seen, and how far each lane has come.
// Positions are those of the block, so that a lane finds what another one has seen.
class MatchTable {
 public:
  // For a block of raw_size bytes.
  explicit MatchTable(uint64_t raw_size);

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

  std::vector<uint32_t> positions_;  // [hash]; 0: none
  std::vector<Reach> reach_;         // [lane], by ascending begin
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
  // Bytes that agreed before this one; 0: no match.
  uint32_t length() const { return length_; }

 private:
  void Find(const MatchTable& table, uint32_t candidate, uint32_t position);

  const uint8_t* block_;
  uint32_t min_length_;
  size_t lane_;
  uint32_t match_position_ = 0;
  uint32_t length_ = 0;
  uint32_t next_line_ = 0;  // of the match table, for the next byte
};

}  // namespace lmz
