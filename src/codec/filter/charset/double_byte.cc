#include "codec/filter/charset/double_byte.h"

#include <algorithm>
#include <iterator>
#include <string_view>

namespace lmz::charset {

namespace {

#include "codec/filter/charset/double_byte.inc"

constexpr char16_t kEmptyCell = 0xFFFD;
constexpr size_t kRowSize = 94;

// Codes of four bytes, as numbers: those up to FFFF, and the first above.
constexpr uint32_t kFours = 39420;
constexpr uint32_t kFirstSupplementary = 189000;

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

// The rows of JIS X 0208, which cp932 begins with, and half-width katakana behind 8E.
void DoubleByte::AddEucJp() {
  for (size_t row = 0; row < kRowSize; ++row) {
    for (size_t i = 0; i < kCp932Rows[row].size(); ++i) {
      Add(CodeFrom(0xA1 + row, 0xA1 + i), kCp932Rows[row][i]);
    }
  }
  for (size_t trail = 0xA1; trail <= 0xDF; ++trail) {
    Add(CodeFrom(0x8E, trail), static_cast<char16_t>(0xFF61 + trail - 0xA1));
  }
}

// GB 2312, and around it, in the order of Unicode, the ideographs that it lacks.
void DoubleByte::AddGb18030() {
  has_fours_ = true;
  for (size_t row = 0; row < kGb2312Rows.size(); ++row) {
    for (size_t i = 0; i < kGb2312Rows[row].size(); ++i) {
      Add(CodeFrom(0xA1 + row, 0xA1 + i), kGb2312Rows[row][i]);
    }
  }
  for (size_t row = 0; row < kGb18030SideRows.size(); ++row) {
    constexpr std::array<size_t, kGb18030SideRows.size()> kLeads = {0xA8, 0xA9, 0xFD, 0xFE};
    for (size_t i = 0; i < kGb18030SideRows[row].size(); ++i) {
      Add(CodeFrom(kLeads[row], 0x40 + i + (i >= 0x3F ? 1 : 0)), kGb18030SideRows[row][i]);
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

uint32_t DoubleByte::OfFour(ByteSpan code) const {
  if (!has_fours_ || code.size() != 4) return 0;
  for (size_t i = 0; i < 4; ++i) {
    const bool is_in =
        i % 2 == 0 ? code[i] >= 0x81 && code[i] <= 0xFE : code[i] >= 0x30 && code[i] <= 0x39;
    if (!is_in) return 0;
  }
  const uint32_t number =
      ((code[0] - 0x81u) * 10 + code[1] - 0x30u) * 1260 + (code[2] - 0x81u) * 10 + code[3] - 0x30u;
  if (number >= kFirstSupplementary) {
    const uint32_t offset = number - kFirstSupplementary;
    return offset < 0x100000 ? 0x10000 + offset : 0;
  }
  if (number >= kFours) return 0;
  const auto* const next =
      std::upper_bound(kGb18030Ranges.begin(), kGb18030Ranges.end(), number,
                       [](uint32_t a, const Gb18030Range& b) { return a < b.number; });
  return std::prev(next)->code_point + number - std::prev(next)->number;
}

uint32_t DoubleByte::FourOf(uint32_t code_point) const {
  if (!has_fours_ || code_point < kGb18030Ranges[0].code_point || code_point > 0x10FFFF) return 0;
  uint32_t number = kFirstSupplementary + code_point - 0x10000;
  if (code_point < 0x10000) {
    const auto* const next =
        std::upper_bound(kGb18030Ranges.begin(), kGb18030Ranges.end(), code_point,
                         [](uint32_t a, const Gb18030Range& b) { return a < b.code_point; });
    number = std::prev(next)->number + code_point - std::prev(next)->code_point;
    if (number >= (next == kGb18030Ranges.end() ? kFours : next->number)) return 0;
  }
  return (0x81 + number / 12600) << 24 | (0x30 + number / 1260 % 10) << 16 |
         (0x81 + number / 10 % 126) << 8 | (0x30 + number % 10);
}

const DoubleByte& DoubleByte::Cp932() {
  static const DoubleByte table(&DoubleByte::AddCp932);
  return table;
}

const DoubleByte& DoubleByte::Gb18030() {
  static const DoubleByte table(&DoubleByte::AddGb18030);
  return table;
}

const DoubleByte& DoubleByte::EucJp() {
  static const DoubleByte table(&DoubleByte::AddEucJp);
  return table;
}

}  // namespace lmz::charset
