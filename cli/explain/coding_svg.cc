#include <algorithm>
#include <cstdio>

#include "cli/explain/coding_show.h"

namespace lmz::cli {

namespace {

// Pixels.
constexpr double kWidth = 940, kLeft = 150, kRight = 630, kTop = 64, kBar = 26, kStep = 78;
constexpr double kNarrowest = 15;      // part that has room for a label
constexpr size_t kLongestNumber = 26;  // at the end of a bar
constexpr size_t kMostBits = 30;       // beside one

constexpr const char* kStyle =
    "text{font:14px sans-serif;fill:#222}"
    ".s{fill:#666;font-size:12px}"
    ".b{font-family:monospace;fill:#00785a;font-weight:bold}.k{fill:#888;font-weight:normal}"
    ".m{text-anchor:middle}.e{text-anchor:end}"
    ".part{fill:#fff;stroke:#555}"
    ".chosen{fill:#bcdcf2;stroke:#0072b2}"
    ".fan{fill:#e9f3fa}"
    ".code{fill:#7cc8ae;stroke:#00785a}";

std::string Format(const char* format, auto... values) {
  char text[300];
  std::snprintf(text, sizeof text, format, values...);
  return text;
}

std::string Escaped(const std::string& text) {
  std::string escaped;
  for (const char c : text) {
    switch (c) {
      case '&':
        escaped += "&amp;";
        break;
      case '<':
        escaped += "&lt;";
        break;
      case '>':
        escaped += "&gt;";
        break;
      default:
        escaped += c;
    }
  }
  return escaped;
}

// A text whose classes say how it looks and which of its points is at x.
std::string Text(double x, double y, const char* classes, const std::string& text) {
  return Format("<text x=\"%.1f\" y=\"%.1f\" class=\"%s\">", x, y, classes) + Escaped(text) +
         "</text>\n";
}

std::string Box(double left, double right, double y, const char* name) {
  return Format("<rect x=\"%.2f\" y=\"%.1f\" width=\"%.2f\" height=\"%g\" class=\"%s\"/>\n", left,
                y, std::max(right - left, 0.5), kBar, name);
}

// An end of an interval of that width: with the digits that tell it from the other end.
std::string NumberText(const Fraction& number, const Fraction& width) {
  const std::string exact = number.str();
  if (exact.size() <= kLongestNumber) return exact;
  const std::string decimal = DecimalText(number, width);
  if (decimal.size() <= kLongestNumber + 4) return decimal;
  return decimal.substr(0, kLongestNumber / 2) + "…" +
         decimal.substr(decimal.size() - kLongestNumber / 2);
}

// The last of these bits; those that were known before are pale.
std::string Bits(double y, const std::string& known, const std::string& bits) {
  const size_t hidden = bits.size() > kMostBits ? bits.size() - kMostBits : 0;
  const std::string old = known.substr(std::min(hidden, known.size()));
  const std::string added = bits.substr(std::max(hidden, known.size()));
  return Format("<text x=\"%.1f\" y=\"%.1f\" class=\"b\"><tspan class=\"k\">", kRight + 24, y) +
         (hidden == 0 ? "" : "…") + old + "</tspan>" + (bits.empty() ? "–" : added) + "</text>\n";
}

double BarY(size_t row) {
  return kTop + kStep * static_cast<double>(row);
}

std::string Ends(const Interval& interval, double y) {
  return Text(kLeft, y - 5, "s", NumberText(interval.low, interval.width)) +
         Text(kRight, y - 5, "s e", NumberText(interval.High(), interval.width));
}

// Of the numbers in `interval`, drawn at full width.
double PlaceIn(const Interval& interval, const Fraction& number) {
  const Fraction share = (number - interval.low) / interval.width;
  return kLeft + (kRight - kLeft) * Approximately(share);
}

// One symbol: the bar of all that could come, and lines from the part that came to the next bar.
std::string Row(const CodingStep& step, const Interval& before, const std::string& known,
                size_t row) {
  const double y = BarY(row);
  Fraction below = 0;
  std::string parts, chosen, fan;
  for (size_t i = 0; i < step.distribution->size(); ++i) {
    const SymbolShare& next = (*step.distribution)[i];
    const double left = kLeft + (kRight - kLeft) * Approximately(below);
    below += next.probability;
    const double right = kLeft + (kRight - kLeft) * Approximately(below);
    const bool is_chosen = i == step.choice;
    std::string part = Box(left, right, y, is_chosen ? "chosen" : "part");
    if (right - left >= kNarrowest) {
      part += Text((left + right) / 2, y + 18, "m", SymbolLabel(next.symbol));
    }
    (is_chosen ? chosen : parts) += part;
    if (!is_chosen) continue;
    fan = Format("<path d=\"M%.2f %.1fL%g %.1fH%gL%.2f %.1fZ\" class=\"fan\"/>\n", left, y + kBar,
                 kLeft, BarY(row + 1), kRight, right, y + kBar);
  }
  const Fraction& share = (*step.distribution)[step.choice].probability;
  return fan + parts + chosen + Ends(before, y) + Text(24, y + 18, "", SymbolLabel(step.symbol)) +
         Text(kLeft - 10, y + 18, "s e", "P = " + NumberText(share, share)) +
         Bits(y + 18, known, step.certain_bits);
}

std::string CodeRow(const Coding& coding) {
  const double y = BarY(coding.steps.size());
  const Interval& code = coding.code_interval;
  const double left = PlaceIn(coding.Last(), code.low);
  const double right = PlaceIn(coding.Last(), code.High());
  return Box(kLeft, kRight, y, "chosen") + Box(left, right, y, "code") + Ends(coding.Last(), y) +
         Text(24, y + 18, "", "code") +
         Bits(y + 18, coding.steps.back().certain_bits, coding.code) +
         Text(std::clamp((left + right) / 2, kLeft + 110, kRight - 110), y + kBar + 16, "s m",
              NumberText(code.low, code.width) + " to " + NumberText(code.High(), code.width));
}

}  // namespace

std::string CodingSvg(const Coding& coding, const CodingSource& source) {
  const double height = BarY(coding.steps.size()) + kBar + 34;
  std::string labels, rows, known;
  Interval before;
  for (size_t i = 0; i < coding.steps.size(); ++i) {
    labels += SymbolLabel(coding.steps[i].symbol);
    rows += Row(coding.steps[i], before, known, i);
    known = coding.steps[i].certain_bits;
    before = coding.steps[i].interval;
  }
  return Format(
             "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %g %g\" width=\"%g\" "
             "height=\"%g\">\n",
             kWidth, height, kWidth, height) +
         "<title>Arithmetic coding of " + Escaped(labels) + "</title>\n<style>" + kStyle +
         "</style>\n<rect width=\"100%\" height=\"100%\" fill=\"#fff\"/>\n" +
         Text(24, 26, "s", source.is_counted ? "symbol, its share of the text" : "symbol") +
         Text(kRight + 24, 26, "s", "bits that are certain") + rows + CodeRow(coding) + "</svg>\n";
}

}  // namespace lmz::cli
