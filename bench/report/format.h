// Short texts as printf makes them.
#pragma once

#include <cstdio>
#include <string>

namespace lmz::bench {

// At most 399 bytes.
std::string Format(const char* format, auto... values) {
  char text[400];
  std::snprintf(text, sizeof text, format, values...);
  return text;
}

}  // namespace lmz::bench
