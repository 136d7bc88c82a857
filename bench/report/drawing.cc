#include "bench/report/drawing.h"

#include <utf8proc.h>

#include <algorithm>

#include "bench/report/format.h"

namespace lmz::bench {

namespace {

bool IsXml(int32_t character) {
  return character >= 0x20 && !(character >= 0x7F && character < 0xA0) && character != 0xFFFE &&
         character != 0xFFFF;
}

void AppendEscaped(int32_t character, std::string& out) {
  switch (character) {
    case '&':
      out += "&amp;";
      return;
    case '<':
      out += "&lt;";
      return;
    case '>':
      out += "&gt;";
      return;
    default:
      utf8proc_uint8_t bytes[4];
      const auto size = utf8proc_encode_char(character, bytes);
      out.append(bytes, bytes + size);
  }
}

std::string Escaped(const std::string& text) {
  constexpr int32_t kReplacement = 0xFFFD;
  std::string escaped;
  const auto* next = reinterpret_cast<const utf8proc_uint8_t*>(text.data());
  auto left = static_cast<utf8proc_ssize_t>(text.size());
  while (left > 0) {
    utf8proc_int32_t character = 0;
    utf8proc_ssize_t size = utf8proc_iterate(next, left, &character);
    if (size <= 0 || !IsXml(character)) character = kReplacement;
    if (size <= 0) size = 1;
    AppendEscaped(character, escaped);
    next += size;
    left -= size;
  }
  return escaped;
}

std::string Base64(ByteSpan bytes) {
  constexpr const char* kDigits =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string text;
  for (size_t i = 0; i < bytes.size(); i += 3) {
    const size_t count = std::min<size_t>(3, bytes.size() - i);
    uint32_t group = 0;
    for (size_t j = 0; j < 3; ++j) group = group << 8 | (j < count ? bytes[i + j] : 0u);
    for (size_t j = 0; j < 4; ++j) {
      text += j <= count ? kDigits[group >> (18 - 6 * j) & 63] : '=';
    }
  }
  return text;
}

}  // namespace

void Drawing::Text(double x, double y, const std::string& text, const TextStyle& style) {
  content_ +=
      Format("<text x=\"%.1f\" y=\"%.1f\" font-size=\"%g\" font-family=\"%s\" fill=\"%s\"%s>", x, y,
             style.size, style.is_monospaced ? "monospace" : "sans-serif", style.color,
             style.is_bold ? " font-weight=\"bold\"" : "") +
      Escaped(text) + "</text>\n";
}

void Drawing::Png(double x, double y, double width, double height, ByteSpan png) {
  content_ += Format(
                  "<image x=\"%.1f\" y=\"%.1f\" width=\"%g\" height=\"%g\" "
                  "preserveAspectRatio=\"none\" style=\"image-rendering:pixelated\" "
                  "href=\"data:image/png;base64,",
                  x, y, width, height) +
              Base64(png) + "\"/>\n";
}

void Drawing::Line(const std::vector<std::pair<double, double>>& points, const char* color,
                   double line_width) {
  content_ += "<polyline points=\"";
  for (const auto& [x, y] : points) content_ += Format("%.2f,%.2f ", x, y);
  content_ += Format("\" fill=\"none\" stroke=\"%s\" stroke-width=\"%g\"/>\n", color, line_width);
}

void Drawing::Box(double x, double y, double width, double height, const char* color) {
  content_ += Format("<rect x=\"%.1f\" y=\"%.1f\" width=\"%.2f\" height=\"%.2f\" fill=\"%s\"/>\n",
                     x, y, width, height, color);
}

std::string Drawing::Svg(const std::string& title, double height) const {
  return Format(
             "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %g %g\" width=\"%g\" "
             "height=\"%g\">\n<title>",
             width_, height, width_, height) +
         Escaped(title) + "</title>\n<rect width=\"100%\" height=\"100%\" fill=\"#ffffff\"/>\n" +
         content_ + "</svg>\n";
}

}  // namespace lmz::bench
