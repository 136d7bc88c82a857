#include "bench/report/plot.h"

#include <algorithm>
#include <cmath>
#include <iterator>

#include "bench/measure/input.h"
#include "bench/measure/process.h"
#include "bench/report/format.h"
#include "bench/report/plot_labels.h"

namespace lmz::bench {

namespace {

// A text in gnuplot's single quotes, where a quote is written twice.
std::string Quoted(const std::string& text) {
  std::string quoted = "'";
  for (const char c : text) quoted += c == '\'' ? std::string("''") : std::string(1, c);
  return quoted + "'";
}

// Colours that people tell apart who see red and green alike (Okabe and Ito, 2008), without yellow,
// which is pale on white.
constexpr const char* kColors[] = {"#0072b2", "#d55e00", "#009e73", "#cc79a7",
                                   "#e69f00", "#56b4e9", "#000000"};

constexpr int kWidth = 800;
constexpr int kHeight = 500;

// Where the axes end, so that the labels of whole lines fit behind them.
double RightEnd(const Plot& plot) {
  constexpr double kCharacterWidth = 7.2, kLeast = 480, kMost = 660;
  size_t longest = 0;
  for (const PlotLine& line : plot.lines) {
    if (line.labels.size() == 1) longest = std::max(longest, line.labels[0].size());
  }
  return std::clamp(kWidth - 20 - kCharacterWidth * static_cast<double>(longest), kLeast, kMost);
}

// The axes end a little beyond the points; at the right there is room for labels.
// `below` pixels are taken by other figures.
PlotArea AreaOf(const Plot& plot, double below) {
  PlotArea area{95, RightEnd(plot), below + 66, below + 450, 0, 0, 0, 0, plot.is_y_logarithmic};
  bool is_first = true;
  for (const PlotLine& line : plot.lines) {
    for (const auto& [x, y] : line.points) {
      area.x_min = is_first ? x : std::min(area.x_min, x);
      area.x_max = is_first ? x : std::max(area.x_max, x);
      area.y_min = is_first ? y : std::min(area.y_min, y);
      area.y_max = is_first ? y : std::max(area.y_max, y);
      is_first = false;
    }
  }
  area.x_min /= 1.25;
  area.x_max *= 1.25;
  // Not empty where all points have one height.
  const double factor = std::max(std::pow(area.y_max / area.y_min, 0.06), 1.01);
  const double margin = std::max(0.06 * (area.y_max - area.y_min), 0.01 * std::fabs(area.y_max));
  area.y_min = plot.is_y_logarithmic ? area.y_min / factor : area.y_min - margin;
  area.y_max = plot.is_y_logarithmic ? area.y_max * factor : area.y_max + margin;
  return area;
}

std::string Axes(const Plot& plot, const PlotArea& area, double height) {
  std::string text = Format(
      "set lmargin at screen %g\nset rmargin at screen %g\nset bmargin at screen %g\n"
      "set tmargin at screen %g\nset xrange [%.10g:%.10g]\nset yrange [%.10g:%.10g]\n",
      area.left / kWidth, area.right / kWidth, area.bottom / height, area.top / height, area.x_min,
      area.x_max, area.y_min, area.y_max);
  text += "set logscale x " + std::to_string(plot.x_base) + "\n";
  if (plot.is_y_logarithmic) {
    text += "set logscale y 10\n";
    // A decade at most needs more marks than its two ends.
    if (area.y_max / area.y_min < 20) {
      text += "set ytics (";
      for (const int mark : {1, 2, 3, 5, 7, 10, 15, 20, 25, 30, 40, 50, 60, 80, 100, 200}) {
        text += (mark == 1 ? "" : ", ") + Format("%d", mark);
      }
      text += ")\n";
    }
  }
  if (plot.is_y_percent) text += "set format y '%g %%'\n";
  return text + "set grid linecolor rgb '#dddddd'\nset border 3\nset tics nomirror\nset nokey\n";
}

std::string Labels(const Plot& plot, const PlotArea& area, double height) {
  std::string text;
  for (const PlacedLabel& label : PlaceLabels(plot.lines, area)) {
    const char* const side = label.side == LabelSide::kRight  ? "left"
                             : label.side == LabelSide::kLeft ? "right"
                                                              : "center";
    text +=
        "set label " + Quoted(label.text) +
        Format(" at screen %.4f,%.4f %s front font ',13' textcolor rgb '%s'\n", label.x / kWidth,
               label.y / height, side, kColors[label.line % std::size(kColors)]);
  }
  return text;
}

// One figure of a script whose picture has that height.
std::string Panel(const Plot& plot, double below, double height) {
  const PlotArea area = AreaOf(plot, below);
  // gnuplot would put the names of the axes where long numbers leave room, beyond the edge, too.
  std::string text = "reset\nset title " + Quoted(plot.title) + "\nset label " +
                     Quoted(plot.x_label) +
                     Format(" at screen %.4f,%.4f center\n", (area.left + area.right) / 2 / kWidth,
                            (below + 18) / height) +
                     "set label " + Quoted(plot.y_label) +
                     Format(" at screen %.4f,%.4f center rotate by 90\n", 16.0 / kWidth,
                            (area.bottom + area.top) / 2 / height) +
                     Axes(plot, area, height) + Labels(plot, area, height) + "plot ";
  std::string data;
  for (size_t i = 0; i < plot.lines.size(); ++i) {
    const PlotLine& line = plot.lines[i];
    const char* const color = kColors[i % std::size(kColors)];
    text += (i == 0 ? "" : ", ") +
            Format(
                "'-' with linespoints linewidth 2 pointtype 7 pointsize 0.5 dashtype %d "
                "linecolor rgb '%s'",
                line.is_dashed ? 2 : 1, color);
    for (const auto& [x, y] : line.points) data += Format("%.10g %.10g\n", x, y);
    data += "e\n";
    if (line.marked < 0) continue;
    text +=
        Format(", '-' with points linewidth 2 pointtype 6 pointsize 1.4 linecolor rgb '%s'", color);
    const auto& [x, y] = line.points[static_cast<size_t>(line.marked)];
    data += Format("%.10g %.10g\ne\n", x, y);
  }
  return text + "\n" + data;
}

std::string Script(const std::vector<Plot>& plots, const std::string& path) {
  const double height = kHeight * static_cast<double>(plots.size());
  std::string text =
      Format("set terminal svg size %d,%g noenhanced font 'sans-serif,14' background '#ffffff'\n",
             kWidth, height);
  text += "set output " + Quoted(path) + "\n";
  if (plots.size() > 1) text += "set multiplot\n";
  double below = height;
  for (const Plot& plot : plots) text += Panel(plot, below -= kHeight, height);
  return text + (plots.size() > 1 ? "unset multiplot\n" : "");
}

}  // namespace

Status CheckPlotter() {
  return IsInstalled("gnuplot") ? OkStatus()
                                : Status(Code::kIo, "gnuplot, which draws SVG, is not installed");
}

// gnuplot draws on its standard output where it cannot write, so it draws into a folder of its own.
Status WriteSvg(const std::vector<Plot>& plots, const std::string& path) {
  if (path.empty()) return OkStatus();
  LMZ_TRY(CheckPlotter());
  LMZ_ASSIGN(const WorkFolder folder, WorkFolder::Make());
  LMZ_TRY(WriteFile(folder.path() + "/script", Script(plots, "figure.svg")));
  const Result<RunCost> cost = RunShell("gnuplot script", folder.path());
  if (!cost.ok()) return cost.status().At(path);
  LMZ_ASSIGN(const Bytes figure, ReadFile(folder.path() + "/figure.svg"));
  return WriteFile(path, {figure.begin(), figure.end()});
}

}  // namespace lmz::bench
