// Encodings in which ASCII takes one byte and most other characters take two.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

namespace lmz::charset {

class DoubleByte {
 public:
  // Static storage; made when first asked for. Thread-safe.
  static const DoubleByte& Cp932();
  static const DoubleByte& Gbk();

  // The code point of two bytes, or of a single one from 80 on; 0: none.
  uint16_t OfPair(uint8_t lead, uint8_t trail) const { return of_code_[lead << 8 | trail]; }
  uint16_t OfByte(uint8_t byte) const { return of_code_[byte]; }

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
  void AddGbk();

  Rows of_code_{};
  Rows code_of_{};
};

}  // namespace lmz::charset
