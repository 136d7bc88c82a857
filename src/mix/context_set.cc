#include "mix/context_set.h"

#include "base/hash.h"

namespace lmz {

namespace {

bool IsWordByte(uint8_t byte) {
  return (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z') || byte >= 0x80;
}

bool IsDigit(uint8_t byte) {
  return byte >= '0' && byte <= '9';
}

bool IsSpace(uint8_t byte) {
  return byte == ' ' || byte == '\t' || byte == '\r' || byte == '\n';
}

uint8_t LowerCase(uint8_t byte) {
  return byte >= 'A' && byte <= 'Z' ? static_cast<uint8_t>(byte + 32) : byte;
}

}  // namespace

void ContextSet::Add(uint64_t context) {
  const uint64_t lane_salt = (kLaneContexts >> count_ & 1) != 0 ? lane_salt_ : 0;
  const uint64_t salted = context + (count_ + 1) * uint64_t{0xABCDEF1234567ull} + lane_salt;
  const uint64_t mixed = salted * kGoldenRatio64;
  hashes_[count_++] = static_cast<uint32_t>((mixed ^ (mixed >> 29)) * 0xBF58476D1CE4E5B9u >> 32);
}

void ContextSet::UpdateByte(uint8_t byte, uint32_t position) {
  recent_ = recent_ << 8 | byte;
  Begin();
  for (int order = 1; order <= 6; ++order) {
    if (profile_ != Profile::kText && order == 5) continue;
    Add(recent_ & ((uint64_t{1} << (8 * order)) - 1));
  }
  if (profile_ == Profile::kText) {
    UpdateText(byte, position);
  } else if (profile_ == Profile::kBinary) {
    UpdateBinary(position);
  } else {
    UpdateRecords(position);
  }
}

void ContextSet::UpdateText(uint8_t byte, uint32_t position) {
  if (IsWordByte(byte)) {
    word_ = (word_ + LowerCase(byte) + 1) * 0x2F0B4C47u;
  } else {
    if (word_ != 0) {
      word_before_ = previous_word_;
      previous_word_ = word_;
      word_ = 0;
    }
    if (!IsSpace(byte) && !IsDigit(byte)) punctuation_ = punctuation_ << 8 | byte;
  }
  if (byte == '\n') {
    previous_line_begin_ = line_begin_;
    line_begin_ = position;
    line_indent_ = 0;
    line_first_byte_ = 0;
  } else if (line_first_byte_ == 0) {
    if (IsSpace(byte)) {
      ++line_indent_;
    } else {
      line_first_byte_ = byte;
    }
  }
  const uint64_t c1 = byte;
  const uint64_t word = word_;
  const uint64_t column = position - line_begin_;
  const uint64_t above_position = previous_line_begin_ + column;
  const uint64_t above = above_position < line_begin_ ? ByteAt(above_position, position) : 0;
  Add(word);
  Add(word * 0x3D4D51CBu + previous_word_ * uint64_t{0x2F0B4C47});
  Add(word * 0x3D4D51CBu + word_before_ * uint64_t{0x2F0B4C47});
  Add(c1 | uint64_t{line_indent_} << 8 | uint64_t{line_first_byte_} << 40);
  Add(c1 | (punctuation_ & 0xFFFF) << 8);
  Add(above | column << 16);
  Add(above << 8 | c1);
  Add(recent_ & 0xF0F0FF);
  Add(recent_ & 0xFFFFFFFF00);
  Add(0);
}

void ContextSet::UpdateBinary(uint32_t position) {
  stride_.Update(static_cast<uint32_t>(recent_ & 0xFFFF), position);
  const uint32_t stride = stride_.stride();
  const uint64_t c1 = recent_ & 0xFF;
  const uint64_t c2 = recent_ >> 8 & 0xFF;
  const uint64_t c3 = recent_ >> 16 & 0xFF;
  const uint64_t column = position % stride;
  const uint64_t above = position >= stride ? block_[position - stride] : 0;
  const uint64_t above2 = position >= 2 * stride ? block_[position - 2 * stride] : 0;
  const uint64_t above3 = position >= 3 * stride ? block_[position - 3 * stride] : 0;
  const uint64_t above_right = position >= stride ? ByteAt(position - stride + 1, position) : 0;
  Add(c2);
  Add(c3);
  Add(recent_ >> 8 & 0xFFFF);
  Add(recent_ & 0xFF00FF00);
  Add(above | c1 << 8);
  Add(above | above2 << 8 | above3 << 16);
  Add(above | column << 8);
  Add(c1 | column << 8);
  Add(above | above_right << 8 | c1 << 16);
  Add(recent_ & 0xE0E0E0E0E0E0);
  Add(0);
}

// Of a unit of several bytes, those in front of the next one belong to each context.
void ContextSet::UpdateRecords(uint32_t position) {
  const auto back = [&](uint32_t distance) {
    return position >= distance ? ByteAt(position - distance, position) : 0;
  };
  const uint32_t row = shape_.row;
  const uint32_t unit = shape_.unit;
  const uint64_t left = back(unit);
  const uint64_t above = back(row);
  const uint64_t above_left = back(row + unit);
  const uint64_t above_right = back(row - unit);
  const uint64_t behind = back(shape_.plane);
  const uint64_t gradient = (left + above - above_left) & 0xFF;
  const uint32_t done = position % unit;
  const uint64_t in_unit =
      ((recent_ & ((uint64_t{1} << (8 * done)) - 1)) | uint64_t{done} << 56) * kSalt;
  const auto add = [&](uint64_t bytes) { Add(bytes * kGoldenRatio64 + in_unit); };
  add(above);
  add(left | above << 8);
  add(left | above << 8 | above_left << 16);
  add(left | above << 8 | above_right << 16 | above_left << 24);
  add(above | back(2 * row) << 8);
  add(gradient | above << 8);
  add(left | above_right << 8);
  Add(above | uint64_t{position % row} << 8);
  add(behind | left << 8);
  add(behind | above << 8 | left << 16);
  add(gradient);
}

}  // namespace lmz
