// UTF-8 carried on to all numbers below 2^32: the form of the text in a filtered block.
#pragma once

#include <bit>
#include <optional>

#include "base/bytes.h"

namespace lmz::charset {

// What a number takes, 1 .. 7 bytes.
constexpr size_t Utf8Size(uint32_t number) {
  if (number < 0x80) return 1;
  const auto bits = static_cast<size_t>(std::bit_width(number));
  return bits <= 11 ? 2 : (bits + 3) / 5;  // each further byte of the sequence brings five bits
}

inline void AppendUtf8(uint32_t number, Bytes& out) {
  if (number < 0x80) {
    out.push_back(static_cast<uint8_t>(number));
    return;
  }
  const size_t size = Utf8Size(number);
  const uint32_t lead_mark = 0xFF00u >> size & 0xFF;
  size_t shift = 6 * (size - 1);
  out.push_back(static_cast<uint8_t>(lead_mark | (shift < 32 ? number >> shift : 0)));
  while (shift != 0) {
    shift -= 6;
    out.push_back(static_cast<uint8_t>(0x80 | (number >> shift & 0x3F)));
  }
}

// Reads the number that begins at text[position], which is inside, and advances. None where none
// stands, or one that has a shorter form; then the position is unspecified.
inline std::optional<uint32_t> ReadUtf8(ByteSpan text, size_t& position) {
  const uint8_t lead = text[position++];
  if (lead < 0x80) return lead;
  const auto size = static_cast<size_t>(std::countl_one(lead));
  if (size < 2 || size > 7 || text.size() - position < size - 1) return std::nullopt;
  uint64_t number = lead & (0x7Fu >> size);
  for (size_t i = 1; i < size; ++i) {
    const uint8_t next = text[position++];
    if ((next & 0xC0) != 0x80) return std::nullopt;
    number = number << 6 | (next & 0x3F);
  }
  if (number > UINT32_MAX || Utf8Size(static_cast<uint32_t>(number)) != size) return std::nullopt;
  return static_cast<uint32_t>(number);
}

}  // namespace lmz::charset
