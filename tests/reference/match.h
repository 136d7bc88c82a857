// Match model: section 9 of src/codec/bytes/spec.md, and 5.3 of src/codec/text/spec.md.
#pragma once

#include <algorithm>
#include <cstdint>
#include <vector>

#include "contexts.h"
#include "slots.h"

namespace lmz::reference {

// A lane and a number of its bytes, as in 5.3 of `text`. A place never has the number 0, which
// stands for none as in `bytes`, where there is but one lane.
struct Place {
  size_t lane = 0;
  size_t k = 0;
};

class Match {
 public:
  using Table = std::vector<Place>;
  static Table MakeTable(uint64_t n) { return Table(PowerOfTwo(n, 1 << 10, 1 << 22)); }

  bool is_alive = false;
  uint32_t length() const { return length_; }
  void BeginByte() { is_alive = length_ > 0; }
  int ExpectedByte(const std::vector<Bytes>& lanes) const { return lanes[at_.lane].at(at_.k); }

  // After a byte of `lane`; `lanes` are their known bytes.
  void Update(const std::vector<Bytes>& lanes, size_t lane, Table& table) {
    const Bytes& block = lanes[lane];
    if (length_ > 0 && ExpectedByte(lanes) == block.back()) {
      ++length_;
      ++at_.k;
    } else {
      length_ = 0;
    }
    if (block.size() < 8) return;
    uint64_t five = 0;
    for (size_t k = 1; k <= 5; ++k) five = five * 256 + Contexts::Back(block, k);
    const size_t line = next_line_;
    next_line_ = (five * 0x9E3779B97F4A7C15 >> 40) % table.size() / 16 * 16;
    Place& entry = table[line + ((block.back() * 0x9E3779B1) >> 28)];
    if (length_ == 0 && entry.k != 0 && entry.k < lanes[entry.lane].size()) {
      at_ = entry;
      const Bytes& other = lanes[at_.lane];
      const size_t limit = std::min<size_t>(64, at_.k);
      while (length_ < limit && other[at_.k - 1 - length_] == block[block.size() - 1 - length_]) {
        ++length_;
      }
      if (length_ < 6) length_ = 0;
    }
    entry = {lane, block.size()};
  }

 private:
  uint32_t length_ = 0;
  Place at_;
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
