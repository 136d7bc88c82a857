// Encodings in which ASCII takes one byte and most other characters take two, some perhaps four.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "base/bytes.h"

namespace lmz::charset {

class DoubleByte {
 public:
  // Static storage; made when first asked for. Thread-safe.
  static const DoubleByte& Cp932();
  static const DoubleByte& Gb18030();
  static const DoubleByte& EucJp();

  // The code point of two bytes, or of a single one from 80 on; 0: none.
  uint16_t OfPair(uint8_t lead, uint8_t trail) const { return of_code_[size_t{lead} << 8 | trail]; }
  uint16_t OfByte(uint8_t byte) const { return of_code_[byte]; }

  // The code point of four bytes; 0: none.
  uint32_t OfFour(ByteSpan code) const;

  // The four bytes of a code point that has neither one nor two, most significant first; 0: none.
  uint32_t FourOf(uint32_t code_point) const;

  // The other way: two bytes, the first in the upper half; below 256 a single one; 0: none. Only
  // for code points that are not ASCII.
  uint16_t CodeOf(uint32_t code_point) const {
    return code_point < code_of_.size() ? code_of_[code_point] : uint16_t{0};
  }

 private:
  explicit DoubleByte(void (DoubleByte::*add_all)()) { (this->*add_all)(); }

  using Rows = std::array<uint16_t, size_t{1} << 16>;

  void Add(uint16_t code, char16_t code_point);
  void AddCp932();
  void AddGb18030();
  void AddEucJp();

  Rows of_code_{};
  Rows code_of_{};
  bool has_fours_ = false;
};

}  // namespace lmz::charset
