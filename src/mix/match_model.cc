#include "mix/match_model.h"

#include <algorithm>

#include "base/bytes.h"
#include "base/hash.h"

namespace lmz {

namespace {
constexpr uint32_t kMaxLength = 65535;
constexpr uint32_t kMaxVerified = 64;  // a candidate's length is counted up to here

uint32_t NextPowerOfTwo(uint64_t v, uint32_t low, uint32_t high) {
  uint32_t p = low;
  while (p < high && p < v) p *= 2;
  return p;
}
}  // namespace

uint64_t MatchTable::MemoryFor(uint64_t raw_size) {
  return uint64_t{NextPowerOfTwo(raw_size, 1 << 10, 1 << 22)} * sizeof(uint32_t);
}

MatchTable::MatchTable(uint64_t raw_size)
    : positions_(NextPowerOfTwo(raw_size, 1 << 10, 1 << 22)),
      mask_(static_cast<uint32_t>(positions_.size()) - 1) {}

size_t MatchTable::LaneOf(uint32_t position) const {
  size_t lane = reach_.size() - 1;
  while (reach_[lane].begin >= position) --lane;
  return lane;
}

MatchModel::MatchModel(const uint8_t* block, uint32_t begin, uint32_t min_length, MatchTable& table)
    : block_(block), min_length_(min_length), lane_(table.reach_.size()) {
  table.reach_.push_back({begin, begin});
}

// Takes `candidate` if enough of what stands before it equals what stands before `position`. Lanes
// go on at the same pace, so a candidate has no more behind it than the position has, and a match
// once begun stays within what is known.
void MatchModel::Find(const MatchTable& table, uint32_t candidate, uint32_t position) {
  const MatchTable::Reach& reach = table.reach_[table.LaneOf(candidate)];
  if (candidate >= reach.end) return;
  match_position_ = candidate;
  const uint32_t limit = std::min(kMaxVerified, candidate - reach.begin);
  while (length_ < limit && block_[candidate - 1 - length_] == block_[position - 1 - length_]) {
    ++length_;
  }
  if (length_ < min_length_) length_ = 0;
}

void MatchModel::UpdateByte(MatchTable& table, uint32_t position) {
  table.reach_[lane_].end = position;
  if (length_ > 0 && block_[match_position_] == block_[position - 1]) {
    length_ = std::min(length_ + 1, kMaxLength);
    ++match_position_;
  } else {
    length_ = 0;
  }
  if (position - table.reach_[lane_].begin < 8) return;
  // The cache line is chosen by the bytes before the last one, so it could be asked for a byte ago;
  // the last byte picks the place in it.
  const uint64_t recent = LoadLe64(block_ + position - 8) >> (8 * (9 - min_length_));
  const uint32_t line = next_line_;
  next_line_ = static_cast<uint32_t>((recent * kGoldenRatio64) >> 40) & table.mask_ & ~15u;
  __builtin_prefetch(&table.positions_[next_line_]);
  uint32_t& entry = table.positions_[line + HashBits(block_[position - 1], 4)];
  if (length_ == 0 && entry != 0) Find(table, entry, position);
  entry = position;
}

}  // namespace lmz
