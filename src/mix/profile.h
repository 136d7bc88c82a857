// Which family of contexts models a block.
#pragma once

#include <cstdint>

namespace lmz {

// Numbers are part of the format (src/codec/bytes/spec.md).
enum class Profile : uint8_t {
  kText = 0,     // words, lines, markup
  kBinary = 1,   // columns as they are found, sparse contexts
  kRecords = 2,  // records or rows whose length is known: RecordShape. Of `bytes` alone.
};

// Where bytes of the same meaning stand: one unit and one row away, as in records, tables and
// pictures, and one plane away.
struct RecordShape {
  static constexpr uint32_t kMaxRow = 1 << 20;
  static constexpr uint32_t kMaxUnit = 8;
  static constexpr uint32_t kMaxPlane = 1 << 24;

  uint32_t row = 0;    // bytes, 2 .. kMaxRow
  uint32_t unit = 1;   // bytes, 1 .. kMaxUnit, below `row`
  uint32_t plane = 1;  // bytes, 1 .. kMaxPlane

  bool IsValid() const {
    return row >= 2 && row <= kMaxRow && unit >= 1 && unit <= kMaxUnit && unit < row &&
           plane >= 1 && plane <= kMaxPlane;
  }
};

}  // namespace lmz
