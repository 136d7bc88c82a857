#include "mix/match_model.h"

#include <algorithm>
#include <bit>

#include "base/bytes.h"
#include "base/hash.h"
#include "base/memory_errors.h"

namespace lmz {

namespace {
constexpr uint32_t kMaxLength = 65535;
constexpr uint32_t kMaxVerified = 64;  // a candidate's length is counted up to here
constexpr uint32_t kLongMatch = 19;    // one that is remembered when it breaks
constexpr uint32_t kMaxAge = 32;       // for how many bytes
constexpr uint32_t kMinRetry = 2;      // bytes before another place of a broken match that agree
constexpr uint32_t kMaxDrops = 4;
constexpr int kMaxTrust = 8;

int8_t Count(int8_t count, bool hit) {
  return static_cast<int8_t>(std::clamp(count + (hit ? 2 : -1), -4, 3));
}

size_t PositionsFor(uint64_t raw_size) {
  return static_cast<size_t>(
      std::clamp(std::bit_ceil(raw_size), uint64_t{1} << 10, uint64_t{1} << 22));
}
}  // namespace

uint64_t MatchTable::MemoryFor(uint64_t raw_size) {
  return ZeroedMemory::MemoryFor(PositionsFor(raw_size) * sizeof(uint32_t));
}

Result<MatchTable> MatchTable::Make(uint64_t raw_size) {
  return WithMemoryErrors(
      [&]() -> Result<MatchTable> { return MatchTable(PositionsFor(raw_size)); },
      "there is not enough memory for matches; use smaller blocks");
}

void MatchTable::CopyFrom(const MatchTable& other) {
  std::copy(other.positions_, other.positions_ + mask_ + 1, positions_);
  reach_ = other.reach_;
}

size_t MatchTable::LaneOf(uint32_t position) const {
  size_t lane = reach_.size() - 1;
  while (reach_[lane].begin >= position) --lane;
  return lane;
}

MatchModel::MatchModel(const uint8_t* block, uint32_t begin, uint32_t min_length, MatchTable& table)
    : block_(block), min_length_(min_length), lane_(table.reach_.size()), age_(kMaxAge) {
  table.reach_.push_back({begin, begin});
  insertions_.fill(-1);
  insertions_['\n'] = insertions_['\r'] = 1;
  drops_ = insertions_;
}

bool MatchModel::IsRemembered() const {
  return age_ < kMaxAge;
}

// How many bytes before `candidate` equal those before `position`.
uint32_t MatchModel::CountEqual(uint32_t candidate, uint32_t position, uint32_t limit) const {
  uint32_t length = 0;
  while (length < limit && block_[candidate - 1 - length] == block_[position - 1 - length]) {
    ++length;
  }
  return length;
}

// There was another match to follow: which one was right?
void MatchModel::Judge(uint8_t byte) {
  const bool is_match_right = block_[match_position_] == byte;
  const bool is_rival_right = block_[rival_position_] == byte;
  rival_position_ = 0;
  if (is_match_right == is_rival_right) return;
  const int step = is_match_right == is_rival_new_ ? 1 : -1;
  trust_ = std::clamp(trust_ + step, -kMaxTrust, kMaxTrust);
}

void MatchModel::Extend() {
  const bool was_on_trial = IsOnTrial();
  ++match_position_;
  length_ = std::min(length_ + 1, kMaxLength);
  if (!was_on_trial || IsOnTrial()) return;
  insertions_[found_byte_] = Count(insertions_[found_byte_], edit_ == Edit::kInsertion);
  drops_[missed_byte_] = Count(drops_[missed_byte_], edit_ == Edit::kDrop);
  length_ = kLongMatch;
  age_ = kMaxAge;
}

// Where the match goes on if `byte`, which it did not expect, came from the edit that is likely for
// such bytes.
MatchModel::Resumption MatchModel::GuessEdit(const MatchTable& table, uint8_t byte) const {
  const uint32_t end = table.reach_[match_lane_].end;
  uint32_t kept = match_position_;
  while (kept < match_position_ + kMaxDrops && kept + 1 < end && drops_[block_[kept]] > 0) ++kept;
  if (kept > match_position_ && kept + 1 < end && block_[kept] == byte) {
    return {Edit::kDrop, kept + 1};
  }
  if (insertions_[byte] > 0) return {Edit::kInsertion, match_position_};
  return {Edit::kChange, match_position_ + 1};
}

// A long match goes on trial at once. One that is on trial stays there if an edit explains `byte`.
void MatchModel::Break(const MatchTable& table, uint8_t byte) {
  const bool was_on_trial = IsOnTrial();
  const bool was_long = length_ >= kLongMatch;
  length_ = 0;
  if (!was_on_trial && !was_long) return;
  const Resumption next = GuessEdit(table, byte);
  if (was_on_trial && next.edit == Edit::kChange) return;
  edit_ = next.edit;
  found_byte_ = byte;
  missed_byte_ = block_[match_position_];
  old_position_ = match_position_ + 1;
  old_lane_ = match_lane_;
  age_ = 0;
  match_position_ = next.position;
  length_ = 1;
}

// Puts the broken match on trial where the bytes since agree best.
void MatchModel::Retry(const MatchTable& table, uint32_t position) {
  constexpr std::array<Edit, 3> kEdits = {Edit::kChange, Edit::kInsertion, Edit::kDrop};
  const std::array<uint32_t, 3> candidates = {old_position_, old_position_ - 1, old_position_ + 1};
  const MatchTable::Reach& reach = table.reach_[old_lane_];
  for (size_t i = 0; i < kEdits.size(); ++i) {
    if (candidates[i] >= reach.end) continue;
    const uint32_t limit = std::min(min_length_ - 1, candidates[i] - reach.begin);
    const uint32_t length = CountEqual(candidates[i], position, limit);
    if (length < kMinRetry || length <= length_) continue;
    edit_ = kEdits[i];
    match_position_ = candidates[i];
    match_lane_ = old_lane_;
    length_ = length;
  }
}

// Takes `candidate` if enough of what stands before it equals what stands before `position`.
void MatchModel::Find(const MatchTable& table, uint32_t candidate, uint32_t position) {
  const size_t lane = table.LaneOf(candidate);
  const MatchTable::Reach& reach = table.reach_[lane];
  if (candidate >= reach.end) return;
  const uint32_t limit = std::min(kMaxVerified, candidate - reach.begin);
  const uint32_t length = CountEqual(candidate, position, limit);
  if (length < min_length_) return;
  if (IsRemembered() && length < kLongMatch) {
    is_rival_new_ = trust_ > 0;
    if (IsOnTrial()) rival_position_ = is_rival_new_ ? candidate : match_position_;
    if (is_rival_new_) return;
  }
  match_position_ = candidate;
  match_lane_ = lane;
  length_ = length;
}

void MatchModel::UpdateByte(MatchTable& table, uint32_t position) {
  table.reach_[lane_].end = position;
  const uint8_t byte = block_[position - 1];
  if (rival_position_ != 0) Judge(byte);
  if (IsRemembered()) {
    ++age_;
    ++old_position_;
  }
  if (length_ > 0) {
    if (block_[match_position_] == byte) {
      Extend();
    } else {
      Break(table, byte);
    }
    // Where all lanes go on at the same pace, a match once begun stays within what is known.
    if (match_position_ >= table.reach_[match_lane_].end) length_ = 0;
  }
  if (length_ == 0 && IsRemembered()) Retry(table, position);
  if (position - table.reach_[lane_].begin < 8) return;
  // The cache line is chosen by the bytes before the last one, so it could be asked for a byte ago;
  // the last byte picks the place in it.
  const uint64_t recent = LoadLe64(block_ + position - 8) >> (8 * (9 - min_length_));
  const uint32_t line = next_line_;
  next_line_ = static_cast<uint32_t>((recent * kGoldenRatio64) >> 40) & table.mask_ & ~15u;
  __builtin_prefetch(&table.positions_[next_line_]);
  uint32_t& entry = table.positions_[line + HashBits(byte, 4)];
  if (length_ < min_length_ && entry != 0) Find(table, entry, position);
  entry = position;
}

}  // namespace lmz
