#include "codec/filter/charset/double_byte.h"

#include <string_view>

namespace lmz::charset {

namespace {

#include "codec/filter/charset/double_byte.inc"

constexpr char16_t kEmptyCell = 0xFFFD;
constexpr size_t kRowSize = 94;

uint16_t CodeFrom(size_t lead, size_t trail) {
  return static_cast<uint16_t>(lead << 8 | trail);
}

}  // namespace

void DoubleByte::Add(uint16_t code, char16_t code_point) {
  if (code_point == kEmptyCell) return;
  of_code_[code] = code_point;
  code_of_[code_point] = code;
}

// Two rows share a lead byte; half-width katakana take one byte.
void DoubleByte::AddCp932() {
  for (size_t row = 0; row < kCp932Rows.size(); ++row) {
    const size_t lead = 0x81 + row / 2 + (row / 2 >= 0x1F ? 0x40 : 0);
    for (size_t i = 0; i < kCp932Rows[row].size(); ++i) {
      const size_t cell = row % 2 * kRowSize + i;
      Add(CodeFrom(lead, 0x40 + cell + (cell >= 0x3F ? 1 : 0)), kCp932Rows[row][i]);
    }
  }
  for (uint16_t byte = 0xA1; byte <= 0xDF; ++byte) {
    Add(byte, static_cast<char16_t>(0xFF61 + byte - 0xA1));
  }
}

// GB 2312, and around it, in the order of Unicode, the ideographs that it lacks.
void DoubleByte::AddGbk() {
  for (size_t row = 0; row < kGb2312Rows.size(); ++row) {
    for (size_t i = 0; i < kGb2312Rows[row].size(); ++i) {
      Add(CodeFrom(0xA1 + row, 0xA1 + i), kGb2312Rows[row][i]);
    }
  }
  char16_t other = 0x4E00;
  for (size_t lead = 0x81; lead <= 0xFE; ++lead) {
    if (lead >= 0xA1 && lead <= 0xA9) continue;
    const size_t last = lead < 0xA1 ? 0xFE : 0xA0;
    for (size_t trail = 0x40; trail <= last; ++trail) {
      if (trail == 0x7F) continue;
      while (code_of_[other] != 0) ++other;
      if (other > 0x9FA5) return;
      Add(CodeFrom(lead, trail), other);
    }
  }
}

const DoubleByte& DoubleByte::Cp932() {
  static const DoubleByte table(&DoubleByte::AddCp932);
  return table;
}

const DoubleByte& DoubleByte::Gbk() {
  static const DoubleByte table(&DoubleByte::AddGbk);
  return table;
}

}  // namespace lmz::charset
