// What the rules of segmenters know of characters: letters, numbers and white space of Unicode.
#pragma once

#include <cstddef>
#include <cstdint>

#include "base/bytes.h"

namespace lmz {

enum class CharacterKind : uint8_t {
  kOther,   // marks, symbols, and bytes that are no UTF-8
  kLetter,  // \p{L}
  kNumber,  // \p{N}
  kSpace,   // \s
};

struct Character {
  CharacterKind kind;
  uint8_t size;  // bytes: 1 .. 4
};

// The character at text[at], at < text.size(). What is no UTF-8 counts as one byte.
Character CharacterAt(ByteSpan text, size_t at);

}  // namespace lmz
