// Match model: section 9 of src/codec/bytes/spec.md, and 5.3 of src/codec/text/spec.md.
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <vector>

#include "tests/reference/text/contexts.h"
#include "tests/reference/text/slots.h"

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
  const Place& at() const { return at_; }
  int ExpectedByte(const std::vector<Bytes>& lanes) const { return lanes[at_.lane].at(at_.k); }

  // After a byte of `lane`; `lanes` are their known bytes.
  void Update(const std::vector<Bytes>& lanes, size_t lane, Table& table) {
    const Bytes& block = lanes[lane];
    Judge(lanes, block.back());
    ++old_.k;
    if (age_ < 32) ++age_;
    if (length_ > 0) {
      if (ExpectedByte(lanes) == block.back()) {
        Extend();
      } else {
        Break(lanes, block.back());
      }
      // Of `token`, 4; never so where all lanes go on at the same pace.
      if (at_.k >= lanes[at_.lane].size()) length_ = 0;
    }
    if (length_ == 0 && age_ < 32) Retry(lanes, block);
    if (block.size() < 8) return;
    uint64_t five = 0;
    for (size_t k = 1; k <= 5; ++k) five = five * 256 + Contexts::Back(block, k);
    const size_t line = next_line_;
    next_line_ = (five * 0x9E3779B97F4A7C15 >> 40) % table.size() / 16 * 16;
    Place& entry = table[line + ((block.back() * 0x9E3779B1) >> 28)];
    if (length_ < 6 && entry.k != 0 && entry.k < lanes[entry.lane].size()) {
      Find(lanes, block, entry);
    }
    entry = {lane, block.size()};
  }

 private:
  enum Edit { kChange, kInsertion, kDrop };

  // The number of bytes before place k of `other` that equal the last ones of `block`.
  static uint32_t Equal(const Bytes& block, const Bytes& other, size_t k, size_t limit) {
    limit = std::min(limit, k);
    uint32_t length = 0;
    while (length < limit && other[k - 1 - length] == block[block.size() - 1 - length]) ++length;
    return length;
  }

  bool IsOnTrial() const { return length_ > 0 && length_ < 6; }

  static int Likely(int count, bool hit) { return std::clamp(count + (hit ? 2 : -1), -4, 3); }

  // 9.2, step 1.
  void Judge(const std::vector<Bytes>& lanes, uint8_t byte) {
    if (!has_rival_) return;
    has_rival_ = false;
    const bool match = ExpectedByte(lanes) == byte;
    const bool rival = lanes[rival_.lane].at(rival_.k) == byte;
    if (match == rival) return;
    const bool is_old_right = is_rival_old_ ? rival : match;
    trust_ = std::clamp(trust_ + (is_old_right ? 1 : -1), -8, 8);
  }

  // 9.2, step 3, for a byte that was expected.
  void Extend() {
    ++at_.k;
    const bool was_on_trial = IsOnTrial();
    ++length_;
    if (!was_on_trial || IsOnTrial()) return;
    length_ = 19;
    age_ = 32;
    insertions_[found_] = Likely(insertions_[found_], edit_ == kInsertion);
    drops_[missed_] = Likely(drops_[missed_], edit_ == kDrop);
  }

  // 9.2.1
  void Break(const std::vector<Bytes>& lanes, uint8_t byte) {
    const bool was_on_trial = IsOnTrial();
    const bool was_long = length_ >= 19;
    length_ = 0;
    if (!was_on_trial && !was_long) return;
    const Bytes& other = lanes[at_.lane];
    size_t kept = at_.k;
    while (kept < at_.k + 4 && kept + 1 < other.size() && drops_[other[kept]] > 0) ++kept;
    Edit edit = kChange;
    if (kept > at_.k && kept + 1 < other.size() && other[kept] == byte) {
      edit = kDrop;
    } else if (insertions_[byte] > 0) {
      edit = kInsertion;
    } else if (was_on_trial) {
      return;
    }
    edit_ = edit;
    found_ = byte;
    missed_ = other.at(at_.k);
    old_ = {at_.lane, at_.k + 1};
    age_ = 0;
    if (edit == kChange) ++at_.k;
    if (edit == kDrop) at_.k = kept + 1;
    length_ = 1;
  }

  // 9.2.2
  void Retry(const std::vector<Bytes>& lanes, const Bytes& block) {
    const Bytes& other = lanes[old_.lane];
    for (const Edit edit : {kChange, kInsertion, kDrop}) {
      const size_t k = edit == kChange ? old_.k : edit == kInsertion ? old_.k - 1 : old_.k + 1;
      if (k >= other.size()) continue;
      const uint32_t length = Equal(block, other, k, 5);
      if (length < 2 || length <= length_) continue;
      edit_ = edit;
      at_ = {old_.lane, k};
      length_ = length;
    }
  }

  // 9.2.3
  void Find(const std::vector<Bytes>& lanes, const Bytes& block, const Place& entry) {
    const uint32_t length = Equal(block, lanes[entry.lane], entry.k, 64);
    if (length < 6) return;
    if (age_ < 32 && length < 19) {
      const bool keep = trust_ > 0;
      if (IsOnTrial()) {
        has_rival_ = true;
        is_rival_old_ = !keep;
        rival_ = keep ? entry : at_;
      }
      if (keep) return;
    }
    at_ = entry;
    length_ = length;
  }

  static std::array<int, 256> LineEnds() {
    std::array<int, 256> counts;
    counts.fill(-1);
    counts[10] = counts[13] = 1;
    return counts;
  }

  uint32_t length_ = 0;
  Place at_;
  size_t next_line_ = 0;
  Place old_;
  int age_ = 32;
  Edit edit_ = kChange;
  uint8_t found_ = 0;
  uint8_t missed_ = 0;
  std::array<int, 256> insertions_ = LineEnds();
  std::array<int, 256> drops_ = LineEnds();
  int trust_ = 0;
  bool has_rival_ = false;
  bool is_rival_old_ = false;
  Place rival_;
};

inline size_t MatchClass(uint32_t length) {
  if (length < 16) return length;
  if (length < 32) return 16 + (length - 16) / 4;
  if (length < 64) return 20 + (length - 32) / 8;
  return std::min<size_t>(31, 24 + (length - 64) / 32);
}

inline size_t MatchGrade(uint32_t length) {
  if (length <= 5) return 6;
  if (length <= 7) return 1;
  if (length <= 15) return 2;
  if (length <= 31) return 3;
  return length <= 399 ? 4 : 5;
}

}  // namespace lmz::reference
