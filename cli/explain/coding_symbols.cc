#include "cli/explain/coding_symbols.h"

#include <utf8proc.h>

#include <cstdio>

namespace lmz::cli {

namespace {

std::string Utf8(Symbol symbol) {
  utf8proc_uint8_t bytes[4];
  const auto size = utf8proc_encode_char(static_cast<utf8proc_int32_t>(symbol), bytes);
  return {bytes, bytes + size};
}

// Whether it would be seen alone, and change nothing beside it.
bool IsVisible(Symbol symbol) {
  switch (utf8proc_category(static_cast<utf8proc_int32_t>(symbol))) {
    case UTF8PROC_CATEGORY_CN:
    case UTF8PROC_CATEGORY_MN:
    case UTF8PROC_CATEGORY_MC:
    case UTF8PROC_CATEGORY_ME:
    case UTF8PROC_CATEGORY_ZS:
    case UTF8PROC_CATEGORY_ZL:
    case UTF8PROC_CATEGORY_ZP:
    case UTF8PROC_CATEGORY_CC:
    case UTF8PROC_CATEGORY_CF:
    case UTF8PROC_CATEGORY_CS:
    case UTF8PROC_CATEGORY_CO:
      return false;
    default:
      return true;
  }
}

}  // namespace

Result<std::vector<Symbol>> SymbolsOf(std::string_view text, const char* name) {
  std::vector<Symbol> symbols;
  const auto* next = reinterpret_cast<const utf8proc_uint8_t*>(text.data());
  auto left = static_cast<utf8proc_ssize_t>(text.size());
  while (left > 0) {
    utf8proc_int32_t symbol = 0;
    const utf8proc_ssize_t size = utf8proc_iterate(next, left, &symbol);
    if (size <= 0) {
      return Status(Code::kInvalidArgument,
                    std::string(name) + " is not UTF-8 at byte " +
                        std::to_string(static_cast<utf8proc_ssize_t>(text.size()) - left));
    }
    symbols.push_back(static_cast<Symbol>(symbol));
    next += size;
    left -= size;
  }
  return symbols;
}

std::string SymbolLabel(Symbol symbol) {
  constexpr Symbol kControlPictures = 0x2400, kOpenBox = 0x2423, kDeletePicture = 0x2421;
  if (symbol < 0x20) return Utf8(kControlPictures + symbol);
  if (symbol == ' ') return Utf8(kOpenBox);
  if (symbol == 0x7F) return Utf8(kDeletePicture);
  if (IsVisible(symbol)) return Utf8(symbol);
  char number[16];
  std::snprintf(number, sizeof number, "U+%04X", static_cast<unsigned>(symbol));
  return number;
}

std::string SymbolLabels(const std::vector<Symbol>& symbols) {
  std::string labels;
  for (const Symbol symbol : symbols) labels += SymbolLabel(symbol);
  return labels;
}

size_t LabelWidth(std::string_view label) {
  size_t width = 0;
  const auto symbols = SymbolsOf(label, "a label");
  if (!symbols.ok()) return label.size();
  for (const Symbol symbol : symbols.value()) {
    width += static_cast<size_t>(utf8proc_charwidth(static_cast<utf8proc_int32_t>(symbol)));
  }
  return width;
}

}  // namespace lmz::cli
