#include "bytes_decoder.h"

#include <xxhash.h>

#include <algorithm>
#include <array>
#include <set>

#include "arithmetic_decoder.h"
#include "contexts.h"
#include "match.h"
#include "mixing.h"
#include "slots.h"

namespace lmz::reference {

namespace {

// The walk of section 3.
class Walk {
 public:
  Walk(int profile, uint64_t n)
      : profile_(profile), slots_(n), match_(n), order1_map_(n), order2_map_(n) {
    for (size_t number = 0; number < kMapEntries; ++number) history_map_.emplace_back();
    FillHistoryMap();
  }

  int P1() {
    if (bit_index_ == 7) match_.BeginByte();
    if (bit_index_ == 7 || bit_index_ == 3) FindSlots();
    inputs_.assign(36, 0);
    const size_t seen = TakeSlotInputs();
    const size_t grade = TakeMatchInputs();
    inputs_[35] = 256;
    const size_t index = static_cast<size_t>(bit_index_);
    const uint32_t c1 = Contexts::Back(block_, 1);
    const uint32_t c2 = Contexts::Back(block_, 2);
    const std::array<size_t, 5> rows = {node_, c1, grade * 8 + index, c2, seen * 8 + index};
    set_logits_.assign(5, 0);
    for (size_t s = 0; s < 5; ++s) set_logits_[s] = sets_[s].Mix(inputs_, rows[s]);
    const int final0 = final_sets_[0].Mix(set_logits_, node_);
    const int final1 = final_sets_[1].Mix(set_logits_, grade * 8 + index);
    const int logit = (final0 + final1) / 2;
    const int refined1 = order1_map_.Refine(logit, ((c1 * 256 + node_) * 0x9E3779B1) >> 19);
    const int refined2 =
        order2_map_.Refine(logit, ((c2 * 65536 + c1 * 256 + node_) * 0x9E3779B1) >> 15);
    return std::clamp((Squash(logit) + refined1 + 2 * refined2) / 4, 1, 65535);
  }

  void Learn(int bit) {
    LearnSlots(bit);
    if (match_.is_alive) {
      length_pair_->Learn(bit, 6, 8);
      byte_pair_->Learn(bit, 4, 6);
      if (bit != match_bit_) match_.is_alive = false;
    }
    for (WeightSet& set : sets_) set.Learn(inputs_, bit);
    for (WeightSet& set : final_sets_) set.Learn(set_logits_, bit);
    order1_map_.Learn(bit);
    order2_map_.Learn(bit);
    node_ = 2 * node_ + static_cast<uint32_t>(bit);
    half_node_ = 2 * half_node_ + static_cast<uint32_t>(bit);
    if (--bit_index_ < 0) EndByte();
  }

  const Bytes& block() const { return block_; }

 private:
  static constexpr size_t kMapEntries = 16 * 3 * History::kNumbers;

  Pair& HistoryPair(size_t i, size_t e, const History& history) {
    return history_map_[(i * 3 + e) * History::kNumbers + history.Number()];
  }

  void FillPair(const History& history) {
    for (size_t i = 0; i < 16; ++i) {
      for (size_t e = 0; e < 3; ++e) {
        const int z = history.zeros + (e == 1 ? 1 : 0);
        const int o = history.ones + (e == 2 ? 1 : 0);
        Pair& pair = HistoryPair(i, e, history);
        pair.fast = pair.slow = 65535 * (2 * o + 1) / (2 * (z + o) + 2);
      }
    }
  }

  void FillHistoryMap() {
    for (unsigned bits = 1; bits < 32; ++bits) FillPair(ExactHistory(bits));
    for (int zeros = 0; zeros <= 41; ++zeros) {
      for (int ones = 0; ones <= 41; ++ones) {
        for (int last = 0; last < 2; ++last) {
          FillPair({0, static_cast<uint8_t>(zeros), static_cast<uint8_t>(ones),
                    static_cast<uint8_t>(last)});
        }
      }
    }
  }

  // 5.2
  void FindSlots() {
    half_node_ = 1;
    for (size_t i = 0; i < 16; ++i) {
      uint32_t h = contexts_.hash[i];
      if (bit_index_ == 3) {
        const uint32_t mixed = (h + node_ * 0x9E3779B1) * 0x85EBCA6B;
        h = mixed ^ (mixed >> 15);
      }
      slot_[i] = slots_.Find(h);
    }
    if (bit_index_ == 3) return;
    first_slot_ = slot_;
    for (size_t i = 0; i < 16; ++i) expected_[i] = first_slot_[i]->last_byte;
  }

  // 6.2; returns Seen.
  size_t TakeSlotInputs() {
    size_t seen = 0;
    for (size_t i = 0; i < 16; ++i) {
      const History& history = slot_[i]->history[half_node_];
      const uint32_t expected = 256 + expected_[i];
      size_t e = 0;
      if (expected >> (bit_index_ + 1) == node_) e = 1 + ((expected >> bit_index_) & 1);
      slot_pair_[i] = &HistoryPair(i, e, history);
      if (!history.IsEmpty()) {
        const int confidence = (slot_pair_[i]->Prediction() - 32768) >> 5;
        inputs_[i] = history.IsPure() ? 2 * confidence : confidence;
        ++seen;
      }
      inputs_[16 + i] = 16 * slot_[i]->quick[half_node_];
    }
    return seen;
  }

  // 9.3; returns Match_Grade.
  size_t TakeMatchInputs() {
    if (!match_.is_alive) return 0;
    const int expected = match_.ExpectedByte(block_);
    match_bit_ = (expected >> bit_index_) & 1;
    const size_t b = static_cast<size_t>(match_bit_);
    const uint32_t c1 = Contexts::Back(block_, 1);
    const uint32_t hash = ((static_cast<uint32_t>(expected) * 256 + c1) * 0x9E3779B1) >> 18;
    length_pair_ = &length_map_[MatchClass(match_.length())][b];
    byte_pair_ = &byte_map_[hash][b];
    const int p = length_pair_->Prediction();
    inputs_[32] = Stretch(p);
    inputs_[33] = (p - 32768) >> 5;
    inputs_[34] = Stretch(byte_pair_->Prediction());
    return MatchGrade(match_.length());
  }

  // 6.3
  void LearnSlots(int bit) {
    for (Pair* pair : slot_pair_) pair->Learn(bit, 4, 7);
    for (Slot* slot : slot_) {
      History& history = slot->history[half_node_];
      int8_t& quick = slot->quick[half_node_];
      quick = static_cast<int8_t>(QuickNext(history, bit, quick));
      history = HistoryNext(history, bit);
    }
  }

  void EndByte() {
    const uint8_t byte = static_cast<uint8_t>(node_ - 256);
    block_.push_back(byte);
    for (Slot* slot : first_slot_) slot->last_byte = byte;
    contexts_.Update(block_, profile_);
    match_.Update(block_);
    node_ = 1;
    bit_index_ = 7;
  }

  int profile_;
  Bytes block_;
  uint32_t node_ = 1;
  uint32_t half_node_ = 1;
  int bit_index_ = 7;

  Contexts contexts_;
  Slots slots_;
  std::array<Slot*, 16> slot_{};
  std::array<Slot*, 16> first_slot_{};
  std::array<uint8_t, 16> expected_{};
  std::vector<Pair> history_map_;
  std::array<Pair*, 16> slot_pair_{};

  Match match_;
  int match_bit_ = 0;
  std::vector<std::array<Pair, 2>> length_map_ = std::vector<std::array<Pair, 2>>(32);
  std::vector<std::array<Pair, 2>> byte_map_ = std::vector<std::array<Pair, 2>>(1 << 14);
  Pair* length_pair_ = nullptr;
  Pair* byte_pair_ = nullptr;

  std::vector<int> inputs_;
  std::vector<int> set_logits_;
  std::vector<WeightSet> sets_ = {{256, 36, 3276, 2047, 10},
                                  {256, 36, 3276, 2047, 10},
                                  {48, 36, 3276, 2047, 10},
                                  {256, 36, 3276, 2047, 10},
                                  {136, 36, 3276, 2047, 10}};
  std::vector<WeightSet> final_sets_ = {{256, 5, 13107, 3071, 6}, {48, 5, 13107, 3071, 6}};
  ProbabilityMap order1_map_;
  ProbabilityMap order2_map_;
};

}  // namespace

Decoded DecodeBytesCodec(const Bytes& payload, uint64_t size) {
  if (payload.empty()) throw Damage("truncated: no Profile");
  if (payload[0] > 1) throw Damage("newer version: unknown Profile");
  if (size > 45500 * (payload.size() + 8)) throw Damage("the payload cannot stand for so much");
  ArithmeticDecoder decoder(payload, 1);
  Walk walk(payload[0], size);
  for (uint64_t i = 0; i < size; ++i) {
    for (int k = 0; k < 8; ++k) walk.Learn(decoder.Decode(walk.P1()));
    if (decoder.HasOverrun()) throw Damage("truncated: Code is overrun");
  }
  if (decoder.HasUnread()) throw Damage("bytes of Code are left");
  return {walk.block(), decoder.Fingerprint()};
}

uint64_t LogisticChecksum() {
  Bytes bytes;
  const auto append = [&bytes](int number) {
    bytes.push_back(static_cast<uint8_t>(number & 255));
    bytes.push_back(static_cast<uint8_t>(number >> 8 & 255));
  };
  for (int x = -3071; x <= 3071; ++x) append(Squash(x));
  for (int i = 0; i < 4096; ++i) append(Stretch(16 * i));
  return XXH3_64bits(bytes.data(), bytes.size());
}

HistoryCounts CountHistories() {
  HistoryCounts counts = {1, 1};
  std::set<size_t> known = {History().Number()};
  std::vector<History> open = {History()};
  while (!open.empty()) {
    const History history = open.back();
    open.pop_back();
    for (const int bit : {0, 1}) {
      const History next = HistoryNext(history, bit);
      if (!known.insert(next.Number()).second) continue;
      open.push_back(next);
      ++counts.all;
      if (next.IsPure()) ++counts.pure;
    }
  }
  return counts;
}

}  // namespace lmz::reference
