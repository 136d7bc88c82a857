// Levels, steps and the logistic curve: section 6 of src/codec/image/spec.md.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <cstdlib>

#include "tests/reference/text/squares.h"

namespace lmz::reference {

// 6.1
inline int64_t Log2(int64_t v) {
  const int b = Digits(v);
  const int64_t f = b > 9 ? (v >> (b - 9)) & 255 : (v << (9 - b)) & 255;
  const double fraction = 256 * std::log2(1 + static_cast<double>(f) / 256);
  return 256 * (b - 1) + static_cast<int64_t>(fraction + 1e-9);
}

inline int64_t Level(int64_t v, int64_t offset) {
  return std::clamp<int64_t>((5 * Log2(v) >> 9) - offset, 0, 23);
}

inline int64_t Step(int64_t d) {
  const int64_t size = std::abs(d);
  const int64_t t = size <= 1 ? size : size <= 3 ? 2 : size <= 7 ? 3 : size <= 16 ? 4 : 5;
  return d < 0 ? 5 - t : 5 + t;
}

// 6.2
inline int64_t Curve(int64_t i) {
  const auto at = [](int64_t x) {
    const auto e = static_cast<int64_t>(
        std::floor(2147483648.0L * std::exp(-static_cast<long double>(x) / 16)));
    return (int64_t{1} << 62) / ((int64_t{1} << 31) + e);
  };
  static const Numbers table = [&] {
    Numbers t(641);
    for (int64_t x = 0; x <= 320; ++x) {
      t[static_cast<size_t>(320 - x)] = (int64_t{1} << 31) - at(x);
      t[static_cast<size_t>(320 + x)] = at(x);
    }
    return t;
  }();
  return table[static_cast<size_t>(i)];
}

inline int64_t First(int64_t level) {
  constexpr int64_t kRoots[] = {65536, 86475, 114105, 150562, 198668};
  return (((kRoots[level % 5] << (2 * (level / 5))) * 535) >> 16) + 1638;
}

}  // namespace lmz::reference
