// Drawings of text, lines and pictures, as SVG files that need no other file.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "base/bytes.h"

namespace lmz::bench {

struct TextStyle {
  const char* color = "#222222";
  double size = 13;
  bool is_monospaced = false;
  bool is_bold = false;
};

// Lengths are pixels; y grows downwards.
class Drawing {
 public:
  explicit Drawing(double width) : width_(width) {}

  // `y` is the base line. What is no UTF-8, or no character of XML, is drawn as U+FFFD.
  void Text(double x, double y, const std::string& text, const TextStyle& style = {});

  // Pixels are not smoothed.
  void Png(double x, double y, double width, double height, ByteSpan png);

  void Line(const std::vector<std::pair<double, double>>& points, const char* color,
            double line_width = 1);
  void Box(double x, double y, double width, double height, const char* color);

  // The SVG file, of that height.
  std::string Svg(const std::string& title, double height) const;

 private:
  double width_;
  std::string content_;
};

}  // namespace lmz::bench
