#include "codec/deflate/parser.h"

#include <algorithm>
#include <bit>

namespace lmz::deflate {

namespace {

// Of zlib: at the end of its window so much must be left.
constexpr uint32_t kLookahead = kMaxMatch + kMinMatch + 1;

// Copies of three bytes from farther away do not pay.
constexpr uint32_t kFarDistance = 4096;

constexpr uint32_t kFilteredLength = 5;

// What all searches together may take, so that no data can make them slow: far more than any image
// needs.
constexpr int64_t kStepsPerByte = 1024;
constexpr int64_t kMinSteps = 1 << 20;

}  // namespace

const Parser::Effort Parser::kEfforts[10] = {
    {0, 0, 0, 0},         {4, 4, 8, 4},        {4, 5, 16, 8},     {4, 6, 32, 32},
    {4, 4, 16, 16},       {8, 16, 32, 32},     {8, 16, 128, 128}, {8, 32, 128, 256},
    {32, 128, 258, 1024}, {32, 258, 258, 4096}};

Parser::Parser(ByteSpan data, const Settings& settings, size_t window_size)
    : data_(data),
      settings_(settings),
      effort_(kEfforts[settings.search == Settings::kRuns ? 0 : settings.search]),
      steps_left_(kMinSteps + kStepsPerByte * static_cast<int64_t>(data.size())),
      steps_told_(steps_left_) {
  const uint32_t hash_bits = settings.hash_bits();
  hash_shift_ = (hash_bits + kMinMatch - 1) / kMinMatch;
  hash_mask_ = (1u << hash_bits) - 1;
  window_mask_ = (1u << settings.window_bits) - 1;
  max_distance_ = window_mask_ + 1 - kLookahead;
  heads_.resize(hash_mask_ + 1);
  previous_.resize(std::min<size_t>(window_mask_ + 1, data.size()));
  Skip(window_size);
}

uint64_t Parser::Memory() {
  constexpr uint64_t kHeads = uint64_t{1} << 16;
  constexpr uint64_t kPlaces = uint64_t{1} << Settings::kMaxWindowBits;
  return (kHeads + kPlaces) * sizeof(uint32_t);
}

uint32_t Parser::Hash(size_t at) const {
  const uint32_t first = data_[at], second = data_[at + 1], third = data_[at + 2];
  return ((first << 2 * hash_shift_) ^ (second << hash_shift_) ^ third) & hash_mask_;
}

void Parser::Enter(size_t at) {
  if (left(at) < kMinMatch) return;
  uint32_t& head = heads_[Hash(at)];
  previous_[at & window_mask_] = head;
  head = static_cast<uint32_t>(at) + 1;
}

void Parser::EnterUpTo(size_t end) {
  for (; entered_ < end; ++entered_) Enter(entered_);
}

uint32_t Parser::LengthAt(size_t source, size_t at) const {
  const auto limit = static_cast<uint32_t>(std::min<size_t>(left(at), kMaxMatch));
  uint32_t length = 0;
  for (; length + 8 <= limit; length += 8) {
    const uint64_t difference = LoadLe64(&data_[source + length]) ^ LoadLe64(&data_[at + length]);
    if (difference != 0) return length + static_cast<uint32_t>(std::countr_zero(difference)) / 8;
  }
  while (length < limit && data_[source + length] == data_[at + length]) ++length;
  return length;
}

// Something longer than `previous_length`, which is 2 where nothing is to be beaten. All places
// before `at` have entered the hash.
Token Parser::Search(size_t at, uint32_t previous_length) {
  const size_t limit = left(at);
  if (limit < kMinMatch || steps_left_ <= 0) return {};
  uint32_t chain = effort_.chain_length;
  if (previous_length >= effort_.good_length) chain /= 4;
  const auto nice_length = static_cast<uint32_t>(std::min<size_t>(effort_.nice_length, limit));
  uint32_t best_length = previous_length;
  size_t best_source = at;
  // The first place may be as far away as the window allows, others must be nearer. Place 0 is one
  // that zlib takes for none.
  uint32_t place = heads_[Hash(at)];
  for (size_t farthest = max_distance_; place > 1 && at - (place - 1) <= farthest;
       farthest = max_distance_ - 1) {
    const size_t source = place - 1;
    --steps_left_;
    if (best_length < limit && data_[source + best_length] == data_[at + best_length]) {
      const uint32_t length = LengthAt(source, at);
      steps_left_ -= length / 8;
      if (length > best_length) {
        best_length = length;
        best_source = source;
        if (length >= nice_length) break;
      }
    }
    if (--chain == 0) break;
    place = previous_[source & window_mask_];
  }
  if (best_source == at) return {};
  const auto distance = static_cast<uint32_t>(at - best_source);
  const bool is_far = best_length == kMinMatch && distance > kFarDistance;
  const bool is_dropped = (settings_.is_filtered && best_length <= kFilteredLength) ||
                          (is_far && !settings_.keeps_distant);
  if (is_lazy() && is_dropped) return {};
  return {static_cast<uint16_t>(best_length), static_cast<uint16_t>(distance)};
}

Token Parser::FindRun() const {
  if (position_ == 0 || left(position_) < kMinMatch) return {};
  const uint32_t length = LengthAt(position_ - 1, position_);
  if (length < kMinMatch) return {};
  return {static_cast<uint16_t>(length), 1};
}

uint32_t Parser::NearestDistance(uint32_t length) {
  constexpr uint32_t kMaxChain = 1024;
  const bool has_chains =
      settings_.search != Settings::kLiterals && settings_.search != Settings::kRuns;
  if (!has_chains || left(position_) < length) return 0;
  uint32_t place = heads_[Hash(position_)];
  for (uint32_t chain = kMaxChain; chain != 0 && place > 1 && steps_left_ > 0; --chain) {
    const size_t source = place - 1;
    if (position_ - source > max_distance_) return 0;
    --steps_left_;
    if (source != position_ && data_[source + length - 1] == data_[position_ + length - 1]) {
      const uint32_t found = LengthAt(source, position_);
      steps_left_ -= found / 8;
      if (found >= length) return static_cast<uint32_t>(position_ - source);
    }
    place = previous_[source & window_mask_];
  }
  return 0;
}

Parser::Guess Parser::Next() {
  next_found_ = {};
  if (settings_.search == Settings::kLiterals) return {};
  if (settings_.search == Settings::kRuns) return {FindRun(), FindRun()};
  EnterUpTo(position_);
  if (!has_found_) found_ = Search(position_, kMinMatch - 1);
  has_found_ = true;
  if (found_.is_literal() || !is_lazy() || found_.length >= effort_.lazy_length) {
    return {found_, found_};
  }
  // Something longer one place behind makes this one a literal.
  EnterUpTo(position_ + 1);
  next_found_ = Search(position_ + 1, found_.length);
  return {next_found_.is_literal() ? found_ : Token(), found_};
}

void Parser::Take(const Token& token) {
  has_found_ = token.is_literal() && !next_found_.is_literal();
  found_ = next_found_;
  const size_t end = position_ + token.length;
  if (settings_.search != Settings::kLiterals && settings_.search != Settings::kRuns) {
    // The quick levels do not enter what long copies cover.
    EnterUpTo(position_ + 1);
    const bool enters = is_lazy() || token.length <= effort_.lazy_length;
    if (enters) EnterUpTo(end);
    entered_ = end;
  }
  position_ = end;
}

void Parser::Skip(size_t size) {
  has_found_ = false;
  const size_t end = position_ + size;
  if (settings_.search != Settings::kLiterals && settings_.search != Settings::kRuns) {
    EnterUpTo(end);
  }
  position_ = end;
}

}  // namespace lmz::deflate
