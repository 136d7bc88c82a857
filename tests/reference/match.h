// Match model: section 9 of src/codec/bytes/spec.md.
#pragma once

#include <algorithm>
#include <cstdint>
#include <vector>

#include "contexts.h"
#include "slots.h"

namespace lmz::reference {

// 9.
class Match {
 public:
  explicit Match(uint64_t n) : table_(PowerOfTwo(n, 1 << 10, 1 << 22)) {}

  bool is_alive = false;
  uint32_t length() const { return length_; }
  void BeginByte() { is_alive = length_ > 0; }
  int ExpectedByte(const Bytes& block) const { return block[match_position_]; }

  // 9.2
  void Update(const Bytes& block) {
    const size_t position = block.size();
    const uint32_t c1 = block.back();
    if (length_ > 0 && block[match_position_] == c1) {
      ++length_;
      ++match_position_;
    } else {
      length_ = 0;
    }
    if (position < 8) return;
    uint64_t five = 0;
    for (size_t k = 1; k <= 5; ++k) five = five * 256 + Contexts::Back(block, k);
    const size_t line = next_line_;
    next_line_ = (five * 0x9E3779B97F4A7C15 >> 40) % table_.size() / 16 * 16;
    size_t& entry = table_[line + ((c1 * 0x9E3779B1) >> 28)];
    if (length_ == 0 && entry != 0) {
      match_position_ = entry;
      const size_t limit = std::min<size_t>(64, entry);
      while (length_ < limit && block[entry - 1 - length_] == block[position - 1 - length_]) {
        ++length_;
      }
      if (length_ < 6) length_ = 0;
    }
    entry = position;
  }

 private:
  std::vector<size_t> table_;
  uint32_t length_ = 0;
  size_t match_position_ = 0;
  size_t next_line_ = 0;
};

inline size_t MatchClass(uint32_t length) {
  if (length < 16) return length;
  if (length < 32) return 16 + (length - 16) / 4;
  if (length < 64) return 20 + (length - 32) / 8;
  return std::min<size_t>(31, 24 + (length - 64) / 32);
}

inline size_t MatchGrade(uint32_t length) {
  if (length <= 7) return 1;
  if (length <= 15) return 2;
  if (length <= 31) return 3;
  return length <= 399 ? 4 : 5;
}

}  // namespace lmz::reference
