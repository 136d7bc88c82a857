// The encodings of text that the charset filter knows. Numbers and rules: spec.md.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

namespace lmz::charset {

// As in a filtered block; append-only.
enum class Encoding : uint8_t {
  kUtf16Le = 1,
  kUtf16Be = 2,
  kUtf32Le = 3,
  kUtf32Be = 4,
  kCp932 = 5,  // Shift-JIS as Windows has it
  kGb18030 = 6,
  kEucJp = 7,
  // From here on a byte is a character: 16 and the number in kSingleBytes (single_byte.h).
  kFirstSingleByte = 16,
};

// Bytes of a unit: in the wide encodings a unit is always whole, in the others it is a byte.
constexpr size_t UnitSize(Encoding encoding) {
  switch (encoding) {
    case Encoding::kUtf16Le:
    case Encoding::kUtf16Be:
      return 2;
    case Encoding::kUtf32Le:
    case Encoding::kUtf32Be:
      return 4;
    default:
      return 1;
  }
}

constexpr bool IsSurrogate(uint32_t code_point) {
  return code_point >= 0xD800 && code_point <= 0xDFFF;
}
constexpr bool IsHighSurrogate(uint32_t unit) {
  return unit >= 0xD800 && unit <= 0xDBFF;
}
constexpr bool IsLowSurrogate(uint32_t unit) {
  return unit >= 0xDC00 && unit <= 0xDFFF;
}

}  // namespace lmz::charset
