#include "cli/show/table.h"

#include <algorithm>

namespace lmz::cli {

std::vector<std::string> Table::Lines() const {
  std::vector<std::string> titles;
  for (const Column& column : columns_) titles.push_back(column.title);
  std::vector<size_t> widths(columns_.size());
  for (size_t i = 0; i < widths.size(); ++i) {
    widths[i] = titles[i].size();
    for (const auto& row : rows_) widths[i] = std::max(widths[i], row[i].size());
  }
  std::vector<std::string> lines = {Line(titles, widths)};
  for (const auto& row : rows_) lines.push_back(Line(row, widths));
  return lines;
}

std::string Table::Line(const std::vector<std::string>& cells,
                        const std::vector<size_t>& widths) const {
  std::string line(indent_, ' ');
  for (size_t i = 0; i < cells.size(); ++i) {
    const bool is_left = columns_[i].align == Align::kLeft;
    const std::string padding(widths[i] - cells[i].size(), ' ');
    if (i != 0) line += "  ";
    if (!is_left) line += padding;
    line += cells[i];
    if (is_left && i + 1 < cells.size()) line += padding;
  }
  return line + "\n";
}

}  // namespace lmz::cli
