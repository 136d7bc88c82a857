// Encodings in which a byte is a character.
#pragma once

#include <array>
#include <cstdint>
#include <span>

namespace lmz::charset {

struct SingleByte {
  const char* name;
  std::array<uint16_t, 256> code_points;  // all different
};

// By number of Encoding, from Encoding::kFirstSingleByte on. Static storage.
std::span<const SingleByte> SingleBytes();

}  // namespace lmz::charset
