// The symbols of `lmz explain --coding`: characters of Unicode.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "base/status.h"

namespace lmz::cli {

using Symbol = char32_t;

// The characters of a text. Errors: kInvalidArgument when `text` is not UTF-8; `name` says what it
// is.
Result<std::vector<Symbol>> SymbolsOf(std::string_view text, const char* name);

// What stands for `symbol` on a terminal and in a drawing: itself where it can be seen, otherwise
// its picture (␣, ␊) or its number (U+202E).
std::string SymbolLabel(Symbol symbol);

// The labels of all, one behind the other.
std::string SymbolLabels(const std::vector<Symbol>& symbols);

// Columns that a label takes on a terminal.
size_t LabelWidth(std::string_view label);

}  // namespace lmz::cli
