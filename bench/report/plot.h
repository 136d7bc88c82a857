// Figures, drawn by gnuplot.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "base/status.h"

namespace lmz::bench {

// Points that a line joins. The label of a point stands beside it in the colour of the line, so
// that no key is needed.
struct PlotLine {
  std::vector<std::pair<double, double>> points;  // above 0 on a logarithmic axis
  std::vector<std::string> labels;  // by point, empty ones are not drawn; one for a whole line
                                    // (shorter than `points`) stands at its last point
  bool is_dashed = false;
  int marked = -1;  // the number of a point that gets a larger mark; -1: none
};

struct Plot {
  std::string title;
  std::string x_label;
  std::string y_label;
  int x_base = 10;  // of the logarithmic axis
  bool is_y_logarithmic = false;
  bool is_y_percent = false;  // its numbers are percent, and their marks say so
  std::vector<PlotLine> lines;
};

// Errors: kIo when gnuplot is not installed.
Status CheckPlotter();

// Writes figures, one below the other, as one SVG file where `path` is not empty. Errors: kIo with
// what gnuplot says, also when it is not installed.
Status WriteSvg(const std::vector<Plot>& plots, const std::string& path);

}  // namespace lmz::bench
