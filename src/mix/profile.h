// Which family of contexts models a block.
#pragma once

#include <cstdint>

namespace lmz {

// Numbers are part of the format (src/codec/bytes/spec.md).
enum class Profile : uint8_t {
  kText = 0,    // words, lines, markup
  kBinary = 1,  // records, columns, sparse contexts
};

}  // namespace lmz
