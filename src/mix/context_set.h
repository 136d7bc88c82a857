// The contexts of the context mixer: for each byte, kContexts hashes of what came before, chosen by
// profile. Each lane has its own.
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

  // `block` holds the bytes coded so far and outlives the set.
  ContextSet(const uint8_t* block, Profile profile) : block_(block), profile_(profile) {}

  // After a whole byte: `position` bytes of the block are known, the last one is `byte`.
  void UpdateByte(uint8_t byte, uint32_t position);

  // Hashes of the contexts of the next byte; all 0 before the first.
  const std::array<uint32_t, kContexts>& hashes() const { return hashes_; }

  // The last eight bytes, the latest lowest.
  uint64_t recent() const { return recent_; }

 private:
  void UpdateText(uint8_t byte, uint32_t position);
  void UpdateBinary(uint32_t position);
  void Begin() { count_ = 0; }
  void Add(uint64_t context);

  const uint8_t* block_;
  Profile profile_;
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
