// A Huffman code as DHT gives it: for reading and writing symbols.
#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "base/bytes.h"

namespace lmz::jpeg {

class HuffmanCode {
 public:
  static constexpr uint32_t kMaxLength = 16;

  // Symbols have no code.
  HuffmanCode() = default;

  // Of `bytes`, which begin with the number of symbols of each length, those that the code takes:
  // 0 when they are no code. Every symbol has one code, none is all ones.
  size_t Set(ByteSpan bytes);

  // Of symbol: 0: there is no code.
  uint32_t LengthOf(uint32_t symbol) const { return lengths_[symbol]; }
  uint32_t CodeOf(uint32_t symbol) const { return codes_[symbol]; }

  // Reads a symbol, bit by bit from bits.Read(1). 256: there is none.
  template <class Bits>
  uint32_t Read(Bits& bits) const {
    uint32_t value = 0;
    for (uint32_t length = 1; length <= kMaxLength; ++length) {
      value = value << 1 | bits.Read(1);
      if (value < ends_[length]) return symbols_[value + offsets_[length]];
    }
    return kNone;
  }
  static constexpr uint32_t kNone = 256;

 private:
  std::array<uint16_t, 256> codes_{};   // [symbol]
  std::array<uint8_t, 256> lengths_{};  // [symbol]
  std::array<uint8_t, 256> symbols_{};  // by length, then code
  // [length]: codes below this end here, as all shorter ones are longer than `length` bits allow.
  std::array<uint32_t, kMaxLength + 1> ends_{};
  std::array<uint32_t, kMaxLength + 1> offsets_{};  // added to a code, modulo 2^32: its place
};

}  // namespace lmz::jpeg
