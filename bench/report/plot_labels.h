// Where the labels of a figure stand, so that they cover neither points nor each other.
#pragma once

#include <string>
#include <vector>

#include "bench/report/plot.h"

namespace lmz::bench {

// The part of the picture that the axes enclose, in pixels from the lower left corner, and the
// numbers at its edges.
struct PlotArea {
  double left, right, bottom, top;
  double x_min, x_max, y_min, y_max;
  bool is_y_logarithmic;

  double PixelX(double x) const;
  double PixelY(double y) const;
};

enum class LabelSide { kRight, kLeft, kCenter };

struct PlacedLabel {
  std::string text;
  size_t line = 0;  // whose colour it has
  double x = 0;     // in pixels: of its left end, right end or middle, as `side` says
  double y = 0;     // of its middle
  LabelSide side = LabelSide::kRight;
};

// All labels of the lines. One for which no free place is found stands at the right of its point.
std::vector<PlacedLabel> PlaceLabels(const std::vector<PlotLine>& lines, const PlotArea& area);

}  // namespace lmz::bench
