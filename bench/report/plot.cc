#include "bench/report/plot.h"

#include <cstdio>

#include "bench/measure/input.h"
#include "bench/measure/process.h"

namespace lmz::bench {

namespace {

// A text in gnuplot's single quotes, where a quote is written twice.
std::string Quoted(const std::string& text) {
  std::string quoted = "'";
  for (const char c : text) quoted += c == '\'' ? std::string("''") : std::string(1, c);
  return quoted + "'";
}

std::string Script(const Plot& plot, const std::string& path) {
  std::string text =
      "set terminal svg size 800,500 noenhanced font 'sans-serif,14' background '#ffffff'\n";
  text += "set output " + Quoted(path) + "\nset title " + Quoted(plot.title) + "\nset xlabel " +
          Quoted(plot.x_label) + "\nset ylabel " + Quoted(plot.y_label) + "\nset logscale x " +
          std::to_string(plot.x_base) + "\n" + (plot.is_y_logarithmic ? "set logscale y\n" : "") +
          "set grid\nset key outside right top\nplot ";
  for (size_t i = 0; i < plot.lines.size(); ++i) {
    text += (i == 0 ? "" : ", ") + std::string("'-' with linespoints linewidth 2 dashtype ") +
            (plot.lines[i].is_dashed ? "2" : "1") + " title " + Quoted(plot.lines[i].title);
  }
  text += "\n";
  for (const PlotLine& line : plot.lines) {
    for (const auto& [x, y] : line.points) {
      char point[80];
      std::snprintf(point, sizeof point, "%.10g %.10g\n", x, y);
      text += point;
    }
    text += "e\n";
  }
  return text;
}

}  // namespace

Status CheckPlotter() {
  return IsInstalled("gnuplot") ? OkStatus()
                                : Status(Code::kIo, "gnuplot, which draws SVG, is not installed");
}

// gnuplot draws on its standard output where it cannot write, so it draws into a folder of its own.
Status WriteSvg(const Plot& plot, const std::string& path) {
  if (path.empty()) return OkStatus();
  LMZ_TRY(CheckPlotter());
  LMZ_ASSIGN(const WorkFolder folder, WorkFolder::Make());
  LMZ_TRY(WriteFile(folder.path() + "/script", Script(plot, "figure.svg")));
  const Result<RunCost> cost = RunShell("gnuplot script", folder.path());
  if (!cost.ok()) return cost.status().At(path);
  LMZ_ASSIGN(const Bytes figure, ReadFile(folder.path() + "/figure.svg"));
  return WriteFile(path, {figure.begin(), figure.end()});
}

}  // namespace lmz::bench
