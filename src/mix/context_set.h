// The contexts of the context mixer: for each byte, kContexts hashes of what came before, chosen by
// profile. Each lane has its own set. Some of its contexts are shared with other lanes, so that one
// knows what another has seen; some are the lane's alone, so that it keeps what is recent there.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "mix/profile.h"
#include "mix/stride.h"

namespace lmz {

class ContextSet {
 public:
  static constexpr int kContexts = 16;
  // Those that are the lane's alone, as bits; in the text profile orders 2, 3 and 5 and the word.
  static constexpr unsigned kLaneContexts = 1 << 1 | 1 << 2 | 1 << 4 | 1 << 6;

  // `block` holds the lane's bytes coded so far and outlives the set; `lane` tells it from others.
  // `shape`, valid, is that of records.
  ContextSet(const uint8_t* block, Profile profile, const RecordShape& shape, uint32_t lane)
      : block_(block), profile_(profile), shape_(shape), lane_salt_(lane * kSalt) {}

  // After a whole byte: `position` bytes of the block are known, the last one is `byte`, which need
  // not stand in the block yet.
  void UpdateByte(uint8_t byte, uint32_t position);

  // Hashes of the contexts of the next byte; all 0 before the first.
  const std::array<uint32_t, kContexts>& hashes() const { return hashes_; }

  // The last eight bytes, the latest lowest.
  uint64_t recent() const { return recent_; }

 private:
  static constexpr uint64_t kSalt = 0xD6E8FEB86659FD93;

  void UpdateText(uint8_t byte, uint32_t position);
  void UpdateBinary(uint32_t position);
  void UpdateRecords(uint32_t position);
  uint64_t ByteAt(uint64_t index, uint32_t position) const {
    return index + 1 < position ? block_[index] : recent_ & 0xFF;
  }
  void Begin() { count_ = 0; }
  void Add(uint64_t context);

  const uint8_t* block_;
  Profile profile_;
  RecordShape shape_;
  uint64_t lane_salt_;  // of contexts that are the lane's alone
  uint64_t recent_ = 0;
  std::array<uint32_t, kContexts> hashes_{};
  unsigned count_ = 0;

  // Text: hashes of the word being spelled and of the two before it.
  uint32_t word_ = 0;
  uint32_t previous_word_ = 0;
  uint32_t word_before_ = 0;
  uint32_t line_begin_ = 0;
  uint32_t previous_line_begin_ = 0;
  uint32_t line_indent_ = 0;      // blanks at its beginning
  uint32_t line_first_byte_ = 0;  // the first other byte but 0; 0 while there is none
  uint64_t punctuation_ = 0;      // the last eight marks, the latest lowest

  StrideDetector stride_;
};

}  // namespace lmz
