// What kind of character a code point is, as far as telling encodings apart needs it. Approximate.
#pragma once

#include <cstdint>

namespace lmz::charset {

enum class Letter : uint8_t { kNone, kUpper, kLower };

constexpr bool IsIn(uint32_t code_point, uint32_t first, uint32_t last) {
  return code_point >= first && code_point <= last;
}

constexpr Letter ClassOf(uint32_t c) {
  if (IsIn(c, 'a', 'z') || (IsIn(c, 0xDF, 0xFF) && c != 0xF7)) return Letter::kLower;
  if (IsIn(c, 'A', 'Z') || (IsIn(c, 0xC0, 0xDE) && c != 0xD7)) return Letter::kUpper;
  if (c == 0x178) return Letter::kUpper;
  // Here upper and lower case alternate.
  if (IsIn(c, 0x100, 0x137) || IsIn(c, 0x14A, 0x177))
    return c % 2 == 0 ? Letter::kUpper : Letter::kLower;
  if (IsIn(c, 0x139, 0x148) || IsIn(c, 0x179, 0x17E))
    return c % 2 == 1 ? Letter::kUpper : Letter::kLower;
  if (c == 0x192) return Letter::kNone;  // a sign of currency
  if (IsIn(c, 0x386, 0x3AB)) return c == 0x390 ? Letter::kLower : Letter::kUpper;
  if (IsIn(c, 0x3AC, 0x3CE)) return Letter::kLower;
  if (IsIn(c, 0x400, 0x42F) || c == 0x490) return Letter::kUpper;
  if (IsIn(c, 0x430, 0x45F) || c == 0x491) return Letter::kLower;
  return Letter::kNone;
}

// 0 Latin, 1 Greek, 2 Cyrillic.
constexpr int ScriptOf(uint32_t letter) {
  return letter < 0x370 ? 0 : letter < 0x400 ? 1 : 2;
}

constexpr bool IsControl(uint32_t c) {
  return IsIn(c, 0x7F, 0x9F);
}

// Lines and blocks for tables on the screen.
constexpr bool IsBox(uint32_t c) {
  return IsIn(c, 0x2500, 0x25A0);
}

// Quotation marks, dashes and other signs of prose beyond ASCII.
constexpr bool IsQuote(uint32_t c) {
  return IsIn(c, 0x2013, 0x2026) || c == 0xAB || c == 0xBB || c == 0xA1 || c == 0xBF || c == 0xA0 ||
         c == 0xA7 || c == 0xB0 || c == 0x2116 || c == 0xA9;
}

// Quotation marks that no letter precedes or follows, in any language.
constexpr bool IsOpening(uint32_t c) {
  return c == 0x2018 || c == 0x201A || c == 0x201E;
}
constexpr bool IsClosing(uint32_t c) {
  return c == 0x201D;
}

// Signs that hardly stand beside a letter.
constexpr bool IsSymbol(uint32_t c) {
  return c >= 0xA0 && ClassOf(c) == Letter::kNone && !IsQuote(c) && !IsBox(c);
}

// What texts of all languages are nearly all made of, as units of UTF-16 or UTF-32.
constexpr bool IsUsual(uint32_t c) {
  if (c < 0x80) return c >= 0x20 ? c != 0x7F : c == '\t' || c == '\n' || c == '\r' || c == '\f';
  return IsIn(c, 0xA0, 0x24F) || IsIn(c, 0x2B0, 0x10FF) || IsIn(c, 0x1E00, 0x1FFF) ||
         IsIn(c, 0x2010, 0x206F) || IsIn(c, 0x20A0, 0x22FF) || IsIn(c, 0x2500, 0x266F) ||
         IsIn(c, 0x3000, 0x30FF) || IsIn(c, 0x4E00, 0x9FFF) || IsIn(c, 0xAC00, 0xD7A3) ||
         IsIn(c, 0xFF01, 0xFF9F) || c == 0xFEFF || IsIn(c, 0x1F000, 0x1FAFF) ||
         IsIn(c, 0x20000, 0x3FFFF);
}

constexpr bool IsBreak(uint32_t c) {
  return c == ' ' || c == '\n' || c == '\t' || IsIn(c, 0x3000, 0x3002) || c == 0xFF0C;
}

}  // namespace lmz::charset
