#include "model/segmenter/characters.h"

#include <utf8proc.h>

#include <algorithm>
#include <array>

namespace lmz {

namespace {

constexpr std::array<CharacterKind, 128> MakeAsciiKinds() {
  std::array<CharacterKind, 128> kinds{};
  for (unsigned c = 0; c < kinds.size(); ++c) {
    const bool is_letter = (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
    const bool is_space = c == ' ' || (c >= '\t' && c <= '\r');
    kinds[c] = is_letter              ? CharacterKind::kLetter
               : c >= '0' && c <= '9' ? CharacterKind::kNumber
               : is_space             ? CharacterKind::kSpace
                                      : CharacterKind::kOther;
  }
  return kinds;
}

constexpr std::array<CharacterKind, 128> kAsciiKinds = MakeAsciiKinds();
constexpr utf8proc_int32_t kNextLine = 0x85;  // the one white space that is a control character

CharacterKind KindOf(utf8proc_int32_t character) {
  switch (utf8proc_category(character)) {
    case UTF8PROC_CATEGORY_LU:
    case UTF8PROC_CATEGORY_LL:
    case UTF8PROC_CATEGORY_LT:
    case UTF8PROC_CATEGORY_LM:
    case UTF8PROC_CATEGORY_LO:
      return CharacterKind::kLetter;
    case UTF8PROC_CATEGORY_ND:
    case UTF8PROC_CATEGORY_NL:
    case UTF8PROC_CATEGORY_NO:
      return CharacterKind::kNumber;
    case UTF8PROC_CATEGORY_ZS:
    case UTF8PROC_CATEGORY_ZL:
    case UTF8PROC_CATEGORY_ZP:
      return CharacterKind::kSpace;
    default:
      return character == kNextLine ? CharacterKind::kSpace : CharacterKind::kOther;
  }
}

}  // namespace

Character CharacterAt(ByteSpan text, size_t at) {
  if (text[at] < 128) return {kAsciiKinds[text[at]], 1};
  utf8proc_int32_t character = -1;
  const auto available = static_cast<utf8proc_ssize_t>(std::min<size_t>(text.size() - at, 4));
  const utf8proc_ssize_t size = utf8proc_iterate(&text[at], available, &character);
  if (size < 1) return {CharacterKind::kOther, 1};
  return {KindOf(character), static_cast<uint8_t>(size)};
}

}  // namespace lmz
