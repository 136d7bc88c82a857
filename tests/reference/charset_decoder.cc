#include "tests/reference/charset_decoder.h"

#include <array>
#include <map>
#include <set>
#include <string_view>

#include "tests/reference/input.h"

namespace lmz::reference {

namespace {

#include "../../src/codec/filter/charset/double_byte.inc"

struct SingleByteTable {
  const char* name;
  uint16_t code_points[256];
};

constexpr SingleByteTable kSingleByte[] = {
#include "../../src/codec/filter/charset/single_byte.inc"
};

// What stands for each number from 80 on.
using Table = std::map<uint64_t, Bytes>;

Bytes Pair(size_t lead, size_t trail) {
  return {static_cast<uint8_t>(lead), static_cast<uint8_t>(trail)};
}

Table MakeEucJp() {
  Table table;
  for (size_t row = 0; row < 94; ++row) {
    for (size_t i = 0; i < kCp932Rows[row].size(); ++i) {
      if (kCp932Rows[row][i] != 0xFFFD) table[kCp932Rows[row][i]] = Pair(0xA1 + row, 0xA1 + i);
    }
  }
  for (unsigned byte = 0xA1; byte <= 0xDF; ++byte) table[0xFF61 + byte - 0xA1] = Pair(0x8E, byte);
  return table;
}

// The code of four bytes that is number n.
Bytes Four(size_t n) {
  return {static_cast<uint8_t>(0x81 + n / 12600), static_cast<uint8_t>(0x30 + n / 1260 % 10),
          static_cast<uint8_t>(0x81 + n / 10 % 126), static_cast<uint8_t>(0x30 + n % 10)};
}

Table MakeCp932() {
  Table table;
  size_t lead = 0x81;
  for (size_t row = 0; row < kCp932Rows.size(); row += 2) {
    size_t trail = 0x40;
    for (const std::u16string_view half : {kCp932Rows[row], kCp932Rows[row + 1]}) {
      for (size_t i = 0; i < 94; ++i) {
        if (i < half.size() && half[i] != 0xFFFD) table[half[i]] = Pair(lead, trail);
        trail += trail == 0x7E ? 2 : 1;
      }
    }
    lead = lead == 0x9F ? 0xE0 : lead + 1;
  }
  for (unsigned byte = 0xA1; byte <= 0xDF; ++byte) {
    table[0xFF61 + byte - 0xA1] = {static_cast<uint8_t>(byte)};
  }
  return table;
}

Table MakeGb18030() {
  Table table;
  for (size_t row = 0; row < kGb2312Rows.size(); ++row) {
    for (size_t i = 0; i < kGb2312Rows[row].size(); ++i) {
      if (kGb2312Rows[row][i] == 0xFFFD) continue;
      table[kGb2312Rows[row][i]] = Pair(0xA1 + row, 0xA1 + i);
    }
  }
  constexpr std::array<size_t, 4> kSideLeads = {0xA8, 0xA9, 0xFD, 0xFE};
  for (size_t row = 0; row < 4; ++row) {
    size_t trail = 0x40;
    for (const char16_t cell : kGb18030SideRows[row]) {
      if (cell != 0xFFFD) table[cell] = Pair(kSideLeads[row], trail);
      trail += trail == 0x7E ? 2 : 1;
    }
  }
  std::vector<Bytes> free_codes;
  for (size_t lead = 0x81; lead <= 0xA0; ++lead) {
    for (size_t trail = 0x40; trail <= 0xFE; ++trail) {
      if (trail != 0x7F) free_codes.push_back(Pair(lead, trail));
    }
  }
  for (size_t lead = 0xAA; lead <= 0xFE; ++lead) {
    for (size_t trail = 0x40; trail <= 0xA0; ++trail) {
      if (trail != 0x7F) free_codes.push_back(Pair(lead, trail));
    }
  }
  size_t used = 0;
  for (uint64_t number = 0x4E00; number <= 0x9FA5; ++number) {
    if (table.count(number) == 0) table[number] = free_codes.at(used++);
  }
  for (size_t i = 0; i < kGb18030Ranges.size(); ++i) {
    const size_t end = i + 1 < kGb18030Ranges.size() ? kGb18030Ranges[i + 1].number : 39420;
    for (size_t n = kGb18030Ranges[i].number; n < end; ++n) {
      table[kGb18030Ranges[i].code_point + n - kGb18030Ranges[i].number] = Four(n);
    }
  }
  return table;
}

// "Sequences".
uint64_t ReadSequence(Input& input) {
  const uint64_t lead = input.Number(1);
  if (lead < 0x80) return lead;
  constexpr std::array<uint64_t, 7> kLeads = {0x80, 0xC0, 0xE0, 0xF0, 0xF8, 0xFC, 0xFE};
  size_t following = 6;
  while (lead < kLeads[following]) --following;
  if (following == 0 || lead == 0xFF) throw Damage("charset: lead byte");
  uint64_t number = lead - kLeads[following];
  for (size_t i = 0; i < following; ++i) {
    const uint64_t next = input.Number(1);
    if (next < 0x80 || next > 0xBF) throw Damage("charset: following byte");
    number = number * 64 + next - 0x80;
  }
  constexpr std::array<uint64_t, 7> kLeast = {0,        0x80,      0x800,     0x10000,
                                              0x200000, 0x4000000, 0x80000000};
  if (number < kLeast[following]) throw Damage("charset: a sequence that is too long");
  if (number >= uint64_t{1} << 32) throw Damage("charset: a number of 2^32 or above");
  return number;
}

void PutUnit(uint64_t unit, size_t size, bool is_big_endian, Bytes& raw) {
  for (size_t i = 0; i < size; ++i) {
    const size_t place = is_big_endian ? size - 1 - i : i;
    raw.push_back(static_cast<uint8_t>(unit >> (8 * place)));
  }
}

void UndoUtf16(const std::vector<uint64_t>& numbers, bool is_big_endian, Bytes& raw) {
  uint64_t before = 0;
  for (const uint64_t number : numbers) {
    if (number > 0x10FFFF) throw Damage("charset: a number that UTF-16 lacks");
    if (before >= 0xD800 && before <= 0xDBFF && number >= 0xDC00 && number <= 0xDFFF) {
      throw Damage("charset: one number as two");
    }
    before = number;
    if (number < 0x10000) {
      PutUnit(number, 2, is_big_endian, raw);
    } else {
      PutUnit(0xD800 + (number - 0x10000) / 0x400, 2, is_big_endian, raw);
      PutUnit(0xDC00 + (number - 0x10000) % 0x400, 2, is_big_endian, raw);
    }
  }
}

void UndoSingleByte(const std::vector<uint64_t>& numbers, const SingleByteTable& table,
                    Bytes& raw) {
  std::map<uint64_t, uint8_t> bytes;
  for (unsigned i = 0; i < 256; ++i) bytes[table.code_points[i]] = static_cast<uint8_t>(i);
  for (const uint64_t number : numbers) {
    if (bytes.count(number) == 0) throw Damage("charset: a number that the table lacks");
    raw.push_back(bytes[number]);
  }
}

std::set<Bytes> CodesOf(const Table& table) {
  std::set<Bytes> codes;
  for (const auto& [number, code] : table) codes.insert(code);
  return codes;
}

// Whether these four bytes are one of 10000 and above in GB 18030.
bool IsSupplementary(const Bytes& code) {
  for (size_t number : {size_t{189000}, size_t{189000} + 0xFFFFF}) {
    const Bytes bound = Four(number);
    if (number == 189000 ? code < bound : code > bound) return false;
  }
  return code[1] >= 0x30 && code[1] <= 0x39 && code[2] >= 0x81 && code[2] <= 0xFE &&
         code[3] >= 0x30 && code[3] <= 0x39;
}

void UndoMultiByte(const std::vector<uint64_t>& numbers, bool is_gb18030, const Table& table,
                   const std::set<Bytes>& codes, Bytes& raw) {
  std::vector<size_t> escapes;  // where they are in `raw`
  for (const uint64_t number : numbers) {
    Bytes code;
    if (number < 0x80) {
      code = {static_cast<uint8_t>(number)};
    } else if (table.count(number) != 0) {
      code = table.at(number);
    } else if (is_gb18030 && number >= 0x10000 && number <= 0x10FFFF) {
      code = Four(189000 + number - 0x10000);
    } else if (number >= 0xDC80 && number <= 0xDCFF) {
      code = {static_cast<uint8_t>(number - 0xDC00)};
      escapes.push_back(raw.size());
    } else {
      throw Damage("charset: a number that the table lacks");
    }
    raw.insert(raw.end(), code.begin(), code.end());
  }
  for (const size_t escape : escapes) {
    for (const size_t size : {1u, 2u, 4u}) {
      if (escape + size > raw.size()) continue;
      const Bytes code(&raw[escape], &raw[escape] + size);
      const bool is_character =
          codes.count(code) != 0 || (is_gb18030 && size == 4 && IsSupplementary(code));
      if (is_character) throw Damage("charset: an escaped character");
    }
  }
}

}  // namespace

Bytes UndoCharset(const Bytes& filtered) {
  Input input(filtered);
  const uint64_t encoding = input.Number(1);
  const size_t unit_size = encoding == 1 || encoding == 2   ? 2
                           : encoding == 3 || encoding == 4 ? 4
                                                            : 1;
  uint64_t edges = 0;
  if (unit_size > 1) edges = input.Number(1);
  if (edges % 4 >= unit_size || edges / 4 >= unit_size) throw Damage("charset: Edges");
  Bytes raw = input.Take(edges % 4);
  const Bytes tail = input.Take(edges / 4);
  if (input.Left() == 0) throw Damage("charset: no Text");
  std::vector<uint64_t> numbers;
  while (input.Left() != 0) numbers.push_back(ReadSequence(input));
  if (unit_size == 2) {
    UndoUtf16(numbers, encoding == 2, raw);
  } else if (unit_size == 4) {
    for (const uint64_t number : numbers) PutUnit(number, 4, encoding == 4, raw);
  } else if (encoding >= 5 && encoding <= 7) {
    static const std::array<Table, 3> tables = {MakeCp932(), MakeGb18030(), MakeEucJp()};
    static const std::array<std::set<Bytes>, 3> codes = {CodesOf(tables[0]), CodesOf(tables[1]),
                                                         CodesOf(tables[2])};
    UndoMultiByte(numbers, encoding == 6, tables[encoding - 5], codes[encoding - 5], raw);
  } else if (encoding >= 16 && encoding <= 29) {
    UndoSingleByte(numbers, kSingleByte[encoding - 16], raw);
  } else {
    throw Damage("charset: Encoding");
  }
  raw.insert(raw.end(), tail.begin(), tail.end());
  return raw;
}

}  // namespace lmz::reference
