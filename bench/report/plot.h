// Figures, drawn by gnuplot.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "base/status.h"

namespace lmz::bench {

struct PlotLine {
  std::string title;
  std::vector<std::pair<double, double>> points;
  bool is_dashed = false;
};

struct Plot {
  std::string title;
  std::string x_label;
  std::string y_label;
  int x_base = 10;  // of the logarithmic axis
  bool is_y_logarithmic = false;
  std::vector<PlotLine> lines;
};

// Errors: kIo when gnuplot is not installed.
Status CheckPlotter();

// Writes the figure as SVG where `path` is not empty. Errors: kIo with what gnuplot says, also when
// it is not installed.
Status WriteSvg(const Plot& plot, const std::string& path);

}  // namespace lmz::bench
