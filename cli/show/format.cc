#include "cli/show/format.h"

#include <cstdio>

namespace lmz::cli {

namespace {

std::string Fixed(double value, int decimals) {
  char text[64];
  std::snprintf(text, sizeof(text), "%.*f", decimals, value);
  return text;
}

}  // namespace

std::string FormatAmount(double bytes) {
  const char* const units[] = {" B", " kB", " MB", " GB", " TB", " PB", " EB"};
  int unit = 0;
  for (; bytes >= 999.5 && unit < 6; ++unit) bytes /= 1000;
  const int decimals = unit == 0 || bytes >= 99.95 ? 0 : bytes >= 9.995 ? 1 : 2;
  return Fixed(bytes, decimals) + units[unit];
}

std::string FormatDuration(double seconds) {
  if (seconds < 0) seconds = 0;
  if (seconds > 1e9) return "very long";
  const long total = static_cast<long>(seconds + 0.5);
  if (total < 60) return std::to_string(total) + " s";
  if (total < 3600) return std::to_string(total / 60) + " min " + std::to_string(total % 60) + " s";
  return std::to_string(total / 3600) + " h " + std::to_string(total % 3600 / 60) + " min";
}

std::string FormatRatio(uint64_t raw_bytes, uint64_t coded_bytes) {
  if (coded_bytes == 0) return "-";
  return Fixed(static_cast<double>(raw_bytes) / static_cast<double>(coded_bytes), 3);
}

std::string FormatBitsPerByte(uint64_t raw_bytes, uint64_t coded_bytes) {
  if (raw_bytes == 0) return "-";
  return Fixed(8 * static_cast<double>(coded_bytes) / static_cast<double>(raw_bytes), 3);
}

}  // namespace lmz::cli
