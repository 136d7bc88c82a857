// The match model: finds the last place where the recent bytes stood before and predicts that what
// followed there follows again. How far to trust it is learned by ContextMixer.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "mix/dual_rate.h"

namespace lmz {

// What lanes share: where each hash of recent bytes was last seen.
class MatchTable {
 public:
  // For a block of raw_size bytes.
  explicit MatchTable(uint64_t raw_size);

 private:
  friend class MatchModel;
  std::vector<uint32_t> positions_;  // [hash]; 0: none
  uint32_t mask_;
};

class MatchModel {
 public:
  static constexpr int kInputs = 4;

  // `block` holds the bytes coded so far and outlives the model.
  MatchModel(const uint8_t* block, uint32_t min_length) : block_(block), min_length_(min_length) {}

  // After a whole byte: `position` bytes of the block are known.
  void UpdateByte(MatchTable& table, uint32_t position);

  // The byte that the match predicts; meaningful while length() > 0.
  uint8_t expected_byte() const { return block_[match_position_]; }
  // Bytes that agreed before this one; 0: no match.
  uint32_t length() const { return length_; }

 private:
  const uint8_t* block_;
  uint32_t min_length_;
  uint32_t match_position_ = 0;
  uint32_t length_ = 0;
  uint32_t next_line_ = 0;  // of the match table, for the next byte
};

}  // namespace lmz
