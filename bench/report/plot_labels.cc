#include "bench/report/plot_labels.h"

#include <algorithm>
#include <cmath>

namespace lmz::bench {

namespace {

constexpr double kCharacterWidth = 7.2;  // of a 13-pixel sans-serif face, on average
constexpr double kLineHeight = 15;
constexpr double kPointRadius = 5;
constexpr double kLineStep = 4;

struct Box {
  double left, right, bottom, top;

  bool Meets(const Box& other) const {
    return left < other.right && other.left < right && bottom < other.top && other.bottom < top;
  }
};

Box BoxOf(const PlacedLabel& label) {
  const double width = kCharacterWidth * static_cast<double>(label.text.size());
  const double left = label.side == LabelSide::kRight  ? label.x
                      : label.side == LabelSide::kLeft ? label.x - width
                                                       : label.x - width / 2;
  return {left, left + width, label.y - kLineHeight / 2, label.y + kLineHeight / 2};
}

struct Place {
  double dx, dy;
  LabelSide side;
};

// The nearest first.
constexpr Place kPlaces[] = {
    {9, 0, LabelSide::kRight},   {9, 10, LabelSide::kRight},   {9, -10, LabelSide::kRight},
    {0, 14, LabelSide::kCenter}, {0, -14, LabelSide::kCenter}, {-9, 0, LabelSide::kLeft},
    {-9, 10, LabelSide::kLeft},  {-9, -10, LabelSide::kLeft},  {9, 20, LabelSide::kRight},
    {9, -20, LabelSide::kRight}, {0, 28, LabelSide::kCenter},  {0, -28, LabelSide::kCenter},
    {9, 32, LabelSide::kRight},  {9, -32, LabelSide::kRight},
};

double Share(double value, double min, double max, bool is_logarithmic) {
  if (!is_logarithmic) return (value - min) / (max - min);
  return std::log(value / min) / std::log(max / min);
}

// What the points and the lines between them cover.
std::vector<Box> Drawn(const std::vector<PlotLine>& lines, const PlotArea& area) {
  std::vector<Box> drawn;
  const auto add = [&](double x, double y, double radius) {
    drawn.push_back({x - radius, x + radius, y - radius, y + radius});
  };
  for (const PlotLine& line : lines) {
    for (size_t i = 0; i < line.points.size(); ++i) {
      const double x = area.PixelX(line.points[i].first), y = area.PixelY(line.points[i].second);
      add(x, y, kPointRadius);
      if (i == 0) continue;
      const double dx = area.PixelX(line.points[i - 1].first) - x;
      const double dy = area.PixelY(line.points[i - 1].second) - y;
      const int steps = static_cast<int>(std::hypot(dx, dy) / kLineStep);
      for (int s = 1; s < steps; ++s) add(x + dx * s / steps, y + dy * s / steps, kLineStep / 2);
    }
  }
  return drawn;
}

}  // namespace

double PlotArea::PixelX(double x) const {
  return left + (right - left) * Share(x, x_min, x_max, true);
}

double PlotArea::PixelY(double y) const {
  return bottom + (top - bottom) * Share(y, y_min, y_max, is_y_logarithmic);
}

std::vector<PlacedLabel> PlaceLabels(const std::vector<PlotLine>& lines, const PlotArea& area) {
  std::vector<Box> taken = Drawn(lines, area);
  std::vector<PlacedLabel> placed;
  const auto place = [&](size_t line, const std::pair<double, double>& point,
                         const std::string& text) {
    if (text.empty()) return;
    const auto at = [&](const Place& where) {
      return PlacedLabel{text, line, area.PixelX(point.first) + where.dx,
                         area.PixelY(point.second) + where.dy, where.side};
    };
    const Place* const free =
        std::find_if(std::begin(kPlaces), std::end(kPlaces), [&](auto& where) {
          const Box box = BoxOf(at(where));
          return std::none_of(taken.begin(), taken.end(),
                              [&](const Box& other) { return box.Meets(other); });
        });
    placed.push_back(at(free == std::end(kPlaces) ? kPlaces[0] : *free));
    taken.push_back(BoxOf(placed.back()));
  };
  for (size_t i = 0; i < lines.size(); ++i) {
    const PlotLine& line = lines[i];
    if (line.points.empty()) continue;
    if (line.labels.size() == line.points.size()) {
      for (size_t p = 0; p < line.points.size(); ++p) place(i, line.points[p], line.labels[p]);
    } else if (!line.labels.empty()) {
      place(i, line.points.back(), line.labels[0]);
    }
  }
  return placed;
}

}  // namespace lmz::bench
