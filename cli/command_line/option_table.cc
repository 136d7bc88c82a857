#include "cli/command_line/option_table.h"

#include <string_view>

namespace lmz::cli {

namespace {

// "-d,--decompress" with "FILE" as "-d, --decompress FILE"; long names alone are indented.
std::string HelpNames(std::string_view names, std::string_view value) {
  const size_t comma = names.find(',');
  std::string text(names.substr(0, comma));
  if (comma != std::string_view::npos) text.append(", ").append(names.substr(comma + 1));
  if (text.starts_with("--")) text = "    " + text;
  const bool has_own_sign = value.empty() || value[0] == '[';
  return text.append(has_own_sign ? "" : " ").append(value);
}

}  // namespace

std::string HelpRow(const char* names, const char* value, const char* help, const char* shown,
                    size_t width) {
  std::string columns = shown != nullptr ? shown : HelpNames(names, value);
  columns.resize(width, ' ');
  std::string text = "  " + columns;
  for (const char* c = help; *c != '\0'; ++c) {
    text += *c;
    if (*c == '\n') text.append(2 + width, ' ');
  }
  return text += '\n';
}

}  // namespace lmz::cli
