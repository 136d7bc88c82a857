#include "tests/reference/text/group.h"

#include <algorithm>

namespace lmz::reference {

Group::Group(int profile, uint64_t n, size_t lanes, const std::vector<std::vector<int>>& start,
             const RecordFields& records)
    : profile_(profile),
      records_(records),
      opinions_(start.empty() ? 0 : start.size() - 5),
      inputs_count_(start.empty() ? 36 : start[0].size()),
      lanes_(lanes),
      matches_(lanes),
      slots_(n),
      runs_(n),
      history_map_(16 * 3 * History::kNumbers),
      match_table_(Match::MakeTable(n)),
      order1_map_(n),
      order2_map_(n) {
  for (size_t lane = 0; lane < lanes; ++lane) contexts_.emplace_back(lane);
  FillHistoryMap();
  std::vector<std::vector<int>> first_rows(5, std::vector<int>(36, 1638));
  std::vector<size_t> rows = {256 * lanes, 256 * lanes, 56, 256 * lanes, 136};
  std::vector<size_t> final_rows = {256, 56};
  if (opinions_ != 0) first_rows = start;
  for (size_t o = 0; o < opinions_; ++o) {
    rows.push_back(256);
    final_rows.push_back(256);
  }
  const std::vector<int> final_row(rows.size(), opinions_ == 0   ? 6553
                                                : opinions_ == 1 ? 5461
                                                                 : 4681);
  for (size_t s = 0; s < rows.size(); ++s) sets_.emplace_back(rows[s], first_rows[s], 2047, 10);
  for (const size_t count : final_rows) final_sets_.emplace_back(count, final_row, 3071, 6);
}

// 3
template <class BitOf>
void Group::WalkByte(size_t lane, const Opinions& opinions, BitOf bit_of) {
  lane_ = lane;
  node_ = 1;
  c1_ = Contexts::Back(lanes_[lane], 1);
  c2_ = Contexts::Back(lanes_[lane], 2);
  matches_[lane].BeginByte();
  for (bit_index_ = 7; bit_index_ >= 0; --bit_index_) {
    if (bit_index_ == 7) FindFirstSlots();
    if (bit_index_ == 3) FindSecondSlots();
    const int bit = bit_of(P1(opinions));
    Learn(bit);
    node_ = 2 * node_ + static_cast<uint32_t>(bit);
    half_node_ = 2 * half_node_ + static_cast<uint32_t>(bit);
  }
  EndByte();
}

void Group::DecodeByte(size_t lane, ArithmeticDecoder& code, const std::vector<int64_t>& sum) {
  WalkByte(lane, {sum}, [&code](int p1) { return code.Decode(p1); });
}

void Group::DecodeTokenByte(size_t lane, ArithmeticDecoder& code, const Opinions& opinions,
                            ExtraInputs& extra) {
  extra_ = &extra;
  const std::vector<int64_t>& sum = opinions.at(0);
  WalkByte(lane, opinions, [&](int p1) {
    if (sum.at(2 * node_) == 0) return 1;
    return sum.at(2 * node_ + 1) == 0 ? 0 : code.Decode(p1);
  });
}

void Group::LearnByte(size_t lane, uint8_t byte, const std::vector<int64_t>& sum) {
  WalkByte(lane, {sum}, [this, byte](int) { return byte >> bit_index_ & 1; });
}

// 10.2 and 11.2; of `text`, 5.4; of `token`, 5
int Group::P1(const Opinions& opinions) {
  inputs_.assign(inputs_count_, 0);
  const size_t index = static_cast<size_t>(bit_index_);
  const size_t seen = TakeSlotInputs() * 8 + index;
  const size_t grade = TakeMatchInputs() * 8 + index;
  inputs_[35] = 256;
  const size_t local = lane_ * 256;
  std::vector<size_t> rows = {local + node_, local + c1_, grade, local + c2_, seen};
  std::vector<size_t> final_rows = {node_, grade};
  for (size_t o = 0; o < opinions_; ++o) {
    const size_t trust = TakeModelInputs(opinions.at(o), 36 + 2 * o) * 8 + index;
    rows.push_back(trust);
    final_rows.push_back(trust);
  }
  if (extra_ != nullptr) {
    const std::vector<int> extra = extra_->Predict(node_, inputs_.at(36));
    std::copy(extra.begin(), extra.end(), inputs_.begin() + 40);
  }
  set_logits_.clear();
  for (size_t s = 0; s < rows.size(); ++s) set_logits_.push_back(sets_[s].Mix(inputs_, rows[s]));
  int logit = 0;
  for (size_t f = 0; f < final_rows.size(); ++f) {
    logit += final_sets_[f].Mix(set_logits_, final_rows[f]);
  }
  logit /= static_cast<int>(final_rows.size());
  const int refined1 = order1_map_.Refine(logit, ((c1_ * 256 + node_) * 0x9E3779B1) >> 19);
  const int refined2 =
      order2_map_.Refine(logit, ((c2_ * 65536 + c1_ * 256 + node_) * 0x9E3779B1) >> 15);
  return std::clamp((Squash(logit) + refined1 + 2 * refined2) / 4, 1, 65535);
}

void Group::Learn(int bit) {
  LearnSlots(bit);
  if (extra_ != nullptr) extra_->Learn(bit);
  Match& match = matches_[lane_];
  if (match.is_alive) {
    length_pair_->Learn(bit, 6, 8);
    byte_pair_->Learn(bit, 4, 6);
    if (bit != match_bit_) match.is_alive = false;
  }
  for (WeightSet& set : sets_) set.Learn(inputs_, bit);
  for (WeightSet& set : final_sets_) set.Learn(set_logits_, bit);
  order1_map_.Learn(bit);
  order2_map_.Learn(bit);
}

void Group::EndByte() {
  const uint8_t byte = static_cast<uint8_t>(node_ - 256);
  lanes_[lane_].push_back(byte);
  LeaveContexts(byte);
  contexts_[lane_].Update(lanes_[lane_], profile_, records_);
  matches_[lane_].Update(lanes_, lane_, match_table_);
}

Pair& Group::HistoryPair(size_t i, size_t e, const History& history) {
  return history_map_[(i * 3 + e) * History::kNumbers + history.Number()];
}

void Group::FillPair(const History& history) {
  for (size_t i = 0; i < 16; ++i) {
    for (size_t e = 0; e < 3; ++e) {
      const int z = history.zeros + (e == 1 ? 1 : 0);
      const int o = history.ones + (e == 2 ? 1 : 0);
      Pair& pair = HistoryPair(i, e, history);
      pair.fast = pair.slow = 65535 * (2 * o + 1) / (2 * (z + o) + 2);
    }
  }
}

void Group::FillHistoryMap() {
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

// 5.4
void Group::FindFirstSlots() {
  half_node_ = 1;
  hash_ = contexts_[lane_].hash;
  // No lookup changes a run, so all of them come first.
  for (size_t i = 0; i < 16; ++i) {
    bool is_known = false;
    run_place_[i] = runs_.Find(hash_[i], is_known);
    run_[i] = is_known ? *run_place_[i] : Run();
  }
  for (size_t i = 0; i < 16; ++i) {
    if (run_[i].count == Run::kMoved) {
      slot_[i] = slots_.Find(hash_[i]);
      expected_[i] = slot_[i]->last_byte;
    } else {
      first_half_[i] = run_[i].Half(run_[i].byte / 16, run_[i].count);
      slot_[i] = &first_half_[i];
      expected_[i] = run_[i].byte;
    }
  }
  first_slot_ = slot_;
}

namespace {

uint32_t SecondHash(uint32_t hash, uint32_t node) {
  const uint32_t mixed = (hash + node * 0x9E3779B1) * 0x85EBCA6B;
  return mixed ^ (mixed >> 15);
}

}  // namespace

void Group::FindSecondSlots() {
  half_node_ = 1;
  for (size_t i = 0; i < 16; ++i) {
    if (run_[i].count == Run::kMoved) {
      slot_[i] = slots_.Find(SecondHash(hash_[i], node_));
    } else {
      const bool agrees = 16u + run_[i].byte / 16 == node_;
      second_half_[i] = run_[i].Half(run_[i].byte % 16, agrees ? run_[i].count : 0);
      slot_[i] = &second_half_[i];
    }
  }
}

// 5.5
void Group::LeaveContexts(uint8_t byte) {
  for (size_t i = 0; i < 16; ++i) {
    Run run = run_[i];
    if (run.count == Run::kMoved) {
      first_slot_[i]->last_byte = byte;
      continue;
    }
    if (run.count == 0 || run.byte == byte) {
      run.count = std::min(run.count + 1, 71);
    } else {
      slots_.Put(hash_[i], first_half_[i], byte);
      if (run.byte / 16 != byte / 16) {
        slots_.Put(SecondHash(hash_[i], 16u + run.byte / 16), run.Half(run.byte % 16, run.count),
                   0);
      }
      slots_.Put(SecondHash(hash_[i], 16u + byte / 16), second_half_[i], 0);
      run.count = Run::kMoved;
    }
    run.check = static_cast<uint16_t>(hash_[i] % 65536);
    run.byte = byte;
    *run_place_[i] = run;
  }
}

// 6.2; returns Seen.
size_t Group::TakeSlotInputs() {
  size_t seen = 0;
  for (size_t i = 0; i < 16; ++i) {
    const History& history = history_[i] = slot_[i]->history[half_node_];
    quick_[i] = slot_[i]->quick[half_node_];
    const uint32_t expected = 256 + expected_[i];
    size_t e = 0;
    if (expected >> (bit_index_ + 1) == node_) e = 1 + ((expected >> bit_index_) & 1);
    slot_pair_[i] = &HistoryPair(i, e, history);
    if (!history.IsEmpty()) {
      const int confidence = (slot_pair_[i]->Prediction() - 32768) >> 5;
      inputs_[i] = history.IsPure() ? 2 * confidence : confidence;
      ++seen;
    }
    inputs_[16 + i] = 16 * quick_[i];
  }
  return seen;
}

// 6.3
void Group::LearnSlots(int bit) {
  for (Pair* pair : slot_pair_) pair->Learn(bit, 4, 7);
  for (size_t i = 0; i < 16; ++i) {
    slot_[i]->quick[half_node_] = static_cast<int8_t>(QuickNext(history_[i], bit, quick_[i]));
    slot_[i]->history[half_node_] = HistoryNext(history_[i], bit);
  }
}

// 9.3; returns Match_Grade.
size_t Group::TakeMatchInputs() {
  const Match& match = matches_[lane_];
  if (!match.is_alive) return 0;
  const int expected = match.ExpectedByte(lanes_);
  match_bit_ = (expected >> bit_index_) & 1;
  const size_t b = static_cast<size_t>(match_bit_);
  const uint32_t hash = ((static_cast<uint32_t>(expected) * 256 + c1_) * 0x9E3779B1) >> 18;
  length_pair_ = &length_map_[MatchClass(match.length())][b];
  byte_pair_ = &byte_map_[hash][b];
  const int p = length_pair_->Prediction();
  inputs_[32] = Stretch(p);
  inputs_[33] = (p - 32768) >> 5;
  inputs_[34] = Stretch(byte_pair_->Prediction());
  return MatchGrade(match.length());
}

// 4 and 5.4 of `text`; returns Trust.
size_t Group::TakeModelInputs(const std::vector<int64_t>& sum, size_t at) {
  const auto log_of = [&](size_t node) { return LogQ8(std::max<int64_t>(sum.at(node), 1)); };
  const int logit = Clamp(static_cast<int>(log_of(2 * node_ + 1) - log_of(2 * node_)), 3071);
  inputs_[at] = logit;
  inputs_[at + 1] = (Squash(logit) - 32768) >> 4;
  return static_cast<size_t>(std::clamp((logit + 2048) >> 7, 0, 31));
}

}  // namespace lmz::reference
