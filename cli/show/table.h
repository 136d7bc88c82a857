// Text in columns as wide as their widest cell.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace lmz::cli {

class Table {
 public:
  enum class Align { kLeft, kRight };

  struct Column {
    std::string title;
    Align align = Align::kRight;
  };

  // Each line begins with `indent` spaces.
  explicit Table(std::vector<Column> columns, size_t indent = 0)
      : columns_(std::move(columns)), indent_(indent) {}

  // One cell for each column.
  void AddRow(std::vector<std::string> cells) { rows_.push_back(std::move(cells)); }

  // The titles, then each row, as lines with their ends; two spaces stand between columns. Widths
  // are counted in bytes.
  std::vector<std::string> Lines() const;

 private:
  std::string Line(const std::vector<std::string>& cells, const std::vector<size_t>& widths) const;

  std::vector<Column> columns_;
  std::vector<std::vector<std::string>> rows_;
  size_t indent_;
};

}  // namespace lmz::cli
