#include "cli/show/progress_text.h"

#include <algorithm>
#include <string_view>
#include <vector>

#include "cli/show/format.h"
#include "cli/show/message.h"

namespace lmz::cli {

namespace {

constexpr size_t kShortName = 16;  // columns that a name keeps beside the less important figures
constexpr std::string_view kCut = "...";

bool ContinuesCharacter(char c) {
  return (static_cast<unsigned char>(c) & 0xC0) == 0x80;
}

// Columns of UTF-8 text at the most: a character that is not ASCII takes up to two.
size_t Width(std::string_view text) {
  size_t width = 0;
  for (const char c : text) {
    if (!ContinuesCharacter(c)) width += static_cast<unsigned char>(c) < 0x80 ? 1 : 2;
  }
  return width;
}

// The end of `name`, where paths differ, in at most `columns` columns; nothing when too few.
std::string ShortName(const std::string& name, size_t columns) {
  if (Width(name) <= columns) return name;
  if (columns <= kCut.size()) return "";
  std::string_view rest(name);
  while (!rest.empty() && (Width(rest) > columns - kCut.size() || ContinuesCharacter(rest[0]))) {
    rest.remove_prefix(1);
  }
  return std::string(kCut) + std::string(rest);
}

// In the order of importance.
std::vector<std::string> Fields(const ProgressFigures& figures) {
  std::vector<std::string> fields;
  fields.push_back(figures.share ? std::to_string(static_cast<int>(100 * *figures.share)) + " %"
                                 : FormatAmount(static_cast<double>(figures.raw_bytes)));
  if (figures.seconds_left) {
    fields.push_back(FormatDuration(*figures.seconds_left) + " left");
  } else {
    fields.push_back(FormatDuration(figures.seconds));
  }
  if (figures.raw_bytes != 0) {
    fields.push_back(FormatBitsPerByte(figures.raw_bytes, figures.coded_bytes) + " bits/byte");
    fields.push_back(FormatAmount(static_cast<double>(figures.raw_bytes) / figures.seconds) + "/s");
  }
  return fields;
}

}  // namespace

std::string ProgressText(const ProgressFigures& figures, size_t columns) {
  const std::string name = Printable(figures.name);
  std::string prefix;
  if (figures.file_count > 1) {
    prefix = std::to_string(figures.file_number) + "/" + std::to_string(figures.file_count) + " ";
  }
  const std::vector<std::string> fields = Fields(figures);
  std::string text = fields[0] + ", " + fields[1];
  const size_t kept = prefix.size() + std::min(Width(name), kShortName) + 2;
  for (size_t i = 2; i < fields.size(); ++i) {
    if (kept + text.size() + 2 + fields[i].size() > columns) break;
    text += ", " + fields[i];
  }
  if (prefix.size() + 2 + text.size() < columns) {
    const std::string shown = ShortName(name, columns - prefix.size() - 2 - text.size());
    if (!shown.empty()) return prefix + shown + ": " + text;
  }
  return text.substr(0, columns);
}

}  // namespace lmz::cli
