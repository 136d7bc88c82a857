// Contexts: section 4 of src/codec/bytes/spec.md, and 5.2 of src/codec/text/spec.md.
#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "tests/reference/text/bytes_decoder.h"

namespace lmz::reference {

// 4.3
struct RecordFields {
  uint64_t row = 2, unit = 1, plane = 1;
};

// 4. The part that all profiles share; `block` are the known bytes.
class Contexts {
 public:
  explicit Contexts(uint64_t lane) : lane_(lane) {}

  std::array<uint32_t, 16> hash{};

  void Update(const Bytes& block, int profile, const RecordFields& records) {
    x_ = {};
    recent_ = 0;
    for (size_t k = 8; k >= 1; --k) recent_ = recent_ * 256 + Back(block, k);
    for (size_t i = 0; i < 4; ++i) x_[i] = recent_ & ((uint64_t{1} << (8 * i + 8)) - 1);
    if (profile == 0) {
      UpdateText(block);
    } else if (profile == 1) {
      UpdateBinary(block);
    } else {
      UpdateRecords(block, records);
    }
    for (size_t i = 0; i < 16; ++i) {
      uint64_t term = (i + 1) * 0xABCDEF1234567;
      if (i == 1 || i == 2 || i == 4 || i == 6) term += lane_ * 0xD6E8FEB86659FD93;
      const uint64_t mixed = (x_[i] + term) * 0x9E3779B97F4A7C15;
      hash[i] = static_cast<uint32_t>(((mixed ^ (mixed >> 29)) * 0xBF58476D1CE4E5B9) >> 32);
    }
  }

  // Ck: the k-th byte before the end, 0 before the block.
  static uint32_t Back(const Bytes& block, size_t k) {
    return block.size() >= k ? block[block.size() - k] : 0;
  }

 private:
  // 4.1
  void UpdateText(const Bytes& block) {
    const uint32_t position = static_cast<uint32_t>(block.size());
    const uint32_t c1 = Back(block, 1);
    const bool is_upper = c1 >= 'A' && c1 <= 'Z';
    const bool is_blank = c1 == 0x20 || c1 == 0x09 || c1 == 0x0D || c1 == 0x0A;
    if (is_upper || (c1 >= 'a' && c1 <= 'z') || c1 >= 0x80) {
      word_ = (word_ + c1 + (is_upper ? 32 : 0) + 1) * 0x2F0B4C47;
    } else {
      if (word_ != 0) {
        word_before_ = previous_word_;
        previous_word_ = word_;
        word_ = 0;
      }
      const bool is_digit = c1 >= '0' && c1 <= '9';
      if (!is_digit && !is_blank) punctuation_ = punctuation_ * 256 + c1;
    }
    if (c1 == 0x0A) {
      previous_line_begin_ = line_begin_;
      line_begin_ = position;
      line_indent_ = 0;
      line_first_byte_ = 0;
    } else if (line_first_byte_ == 0) {
      if (is_blank) {
        ++line_indent_;
      } else {
        line_first_byte_ = c1;
      }
    }
    const uint64_t line_column = position - line_begin_;
    const uint64_t above_index = previous_line_begin_ + line_column;
    const uint64_t line_above = above_index < line_begin_ ? block[above_index] : 0;
    x_[4] = recent_ % (uint64_t{1} << 40);
    x_[5] = recent_ % (uint64_t{1} << 48);
    x_[6] = word_;
    x_[7] = uint64_t{word_} * 0x3D4D51CB + uint64_t{previous_word_} * 0x2F0B4C47;
    x_[8] = uint64_t{word_} * 0x3D4D51CB + uint64_t{word_before_} * 0x2F0B4C47;
    x_[9] = c1 + uint64_t{line_indent_} * 256 + uint64_t{line_first_byte_} * (uint64_t{1} << 40);
    x_[10] = c1 + punctuation_ % 65536 * 256;
    x_[11] = line_above + line_column * 65536;
    x_[12] = c1 + line_above * 256;
    x_[13] = recent_ & 0xF0F0FF;
    x_[14] = recent_ & 0xFFFFFFFF00;
  }

  // 4.2
  void UpdateBinary(const Bytes& block) {
    const size_t position = block.size();
    const uint32_t c1 = Back(block, 1);
    const uint32_t c2 = Back(block, 2);
    const uint32_t c3 = Back(block, 3);
    const size_t pair = c1 + c2 * 256;
    const size_t distance = position - last_pair_[pair];
    last_pair_[pair] = position;
    if (distance >= 2 && distance <= 2048) score_[distance] += 64 - (score_[distance] >> 5);
    if (position % 256 == 0) ChooseStride();
    const auto above = [&](size_t k) {
      return position >= k * stride_ ? uint64_t{block[position - k * stride_]} : 0;
    };
    const uint64_t above_right = position >= stride_ ? block[position - stride_ + 1] : 0;
    const uint64_t column = position % stride_;
    x_[4] = recent_ % (uint64_t{1} << 48);
    x_[5] = c2;
    x_[6] = c3;
    x_[7] = c2 + c3 * 256;
    x_[8] = recent_ & 0xFF00FF00;
    x_[9] = above(1) + c1 * 256;
    x_[10] = above(1) + above(2) * 256 + above(3) * 65536;
    x_[11] = above(1) + column * 256;
    x_[12] = c1 + column * 256;
    x_[13] = above(1) + above_right * 256 + c1 * 65536;
    x_[14] = recent_ & 0xE0E0E0E0E0E0;
  }

  // 4.3
  void UpdateRecords(const Bytes& block, const RecordFields& records) {
    const auto back = [&](uint64_t d) -> uint64_t { return Back(block, d); };
    const uint64_t j = block.size() % records.unit;
    const uint64_t done = (recent_ % (uint64_t{1} << (8 * j))) + j * (uint64_t{1} << 56);
    const uint64_t left = back(records.unit);
    const uint64_t above = back(records.row);
    const uint64_t above_left = back(records.row + records.unit);
    const uint64_t above_right = back(records.row - records.unit);
    const uint64_t behind = back(records.plane);
    const uint64_t gradient = (left + above + 256 - above_left) % 256;
    const auto of = [&](uint64_t a, uint64_t b, uint64_t c, uint64_t d) {
      return (a + b * 256 + c * 65536 + d * 16777216) * 0x9E3779B97F4A7C15 +
             done * 0xD6E8FEB86659FD93;
    };
    x_[4] = recent_ % (uint64_t{1} << 48);
    x_[5] = of(above, 0, 0, 0);
    x_[6] = of(left, above, 0, 0);
    x_[7] = of(left, above, above_left, 0);
    x_[8] = of(left, above, above_right, above_left);
    x_[9] = of(above, back(2 * records.row), 0, 0);
    x_[10] = of(gradient, above, 0, 0);
    x_[11] = of(left, above_right, 0, 0);
    x_[12] = above + block.size() % records.row * 256;
    x_[13] = of(behind, left, 0, 0);
    x_[14] = of(behind, above, left, 0);
    x_[15] = of(gradient, 0, 0, 0);
  }

  void ChooseStride() {
    size_t best = stride_;
    for (size_t d = 2; d <= 2048; ++d) {
      if (score_[d] > score_[best]) best = d;
      score_[d] -= score_[d] >> 3;
    }
    if (score_[best] > score_[stride_] + score_[stride_] / 2) stride_ = best;
  }

  uint64_t lane_;
  std::array<uint64_t, 16> x_{};
  uint64_t recent_ = 0;
  uint32_t word_ = 0, previous_word_ = 0, word_before_ = 0;
  uint32_t line_begin_ = 0, previous_line_begin_ = 0, line_indent_ = 0, line_first_byte_ = 0;
  uint64_t punctuation_ = 0;
  size_t stride_ = 4;
  std::vector<size_t> last_pair_ = std::vector<size_t>(65536);
  std::vector<uint32_t> score_ = std::vector<uint32_t>(2049);
};

}  // namespace lmz::reference
