// The text of the progress line, fitted to the width of a terminal.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>

namespace lmz::cli {

// Of all files of a run together, but for the name.
struct ProgressFigures {
  std::string name;        // of the file being worked on
  size_t file_number = 1;  // of it, 1 .. file_count
  size_t file_count = 1;
  std::optional<double> share = {};         // done, 0 .. 1; when the sizes are known
  std::optional<double> seconds_left = {};  // when they are known and something is done
  uint64_t raw_bytes = 0;                   // done so far
  uint64_t coded_bytes = 0;                 // done so far
  double seconds = 0;                       // since the beginning
};

// "2/5 NAME: 34 %, 12 min 3 s left, 1.941 bits/byte, 300 kB/s" in at most `columns` columns. On a
// narrow terminal speed and bits per byte are left out first, then the name is shortened from its
// front, so that the share and the time left stay. Control characters become '?'.
std::string ProgressText(const ProgressFigures& figures, size_t columns);

}  // namespace lmz::cli
