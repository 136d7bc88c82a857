#include "charset_decoder.h"

#include <array>
#include <map>
#include <set>
#include <string_view>

#include "input.h"

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

Table MakeGbk() {
  Table table;
  for (size_t row = 0; row < kGb2312Rows.size(); ++row) {
    for (size_t i = 0; i < kGb2312Rows[row].size(); ++i) {
      if (kGb2312Rows[row][i] == 0xFFFD) continue;
      table[kGb2312Rows[row][i]] = Pair(0xA1 + row, 0xA1 + i);
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

void UndoDoubleByte(const std::vector<uint64_t>& numbers, const Table& table,
                    const std::set<Bytes>& codes, Bytes& raw) {
  int escaped = -1;
  for (const uint64_t number : numbers) {
    const bool is_escape = number >= 0xDC80 && number <= 0xDCFF;
    Bytes code;
    if (number < 0x80) {
      code = {static_cast<uint8_t>(number)};
    } else if (table.count(number) != 0) {
      code = table.at(number);
    } else if (is_escape) {
      code = {static_cast<uint8_t>(number - 0xDC00)};
      if (codes.count(code) != 0) throw Damage("charset: an escaped character");
    } else {
      throw Damage("charset: a number that the table lacks");
    }
    if (escaped >= 0 && codes.count({static_cast<uint8_t>(escaped), code[0]}) != 0) {
      throw Damage("charset: an escaped character of two bytes");
    }
    escaped = is_escape ? code[0] : -1;
    raw.insert(raw.end(), code.begin(), code.end());
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
  } else if (encoding == 5 || encoding == 6) {
    static const std::array<Table, 2> tables = {MakeCp932(), MakeGbk()};
    static const std::array<std::set<Bytes>, 2> codes = {CodesOf(tables[0]), CodesOf(tables[1])};
    UndoDoubleByte(numbers, tables[encoding - 5], codes[encoding - 5], raw);
  } else if (encoding >= 16 && encoding <= 29) {
    UndoSingleByte(numbers, kSingleByte[encoding - 16], raw);
  } else {
    throw Damage("charset: Encoding");
  }
  raw.insert(raw.end(), tail.begin(), tail.end());
  return raw;
}

}  // namespace lmz::reference
