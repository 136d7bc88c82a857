// Arithmetic decoder and logistic tables as docs/spec/entropy.md words them.
#pragma once

#include <array>
#include <cmath>
#include <cstdint>

#include "tests/reference/text/bytes_decoder.h"

namespace lmz::reference {

class ArithmeticDecoder {
 public:
  // The code begins at code[begin].
  ArithmeticDecoder(const Bytes& code, size_t begin) : in_(code), next_(begin) {
    for (int i = 0; i < 6; ++i) code_ = code_ * 256 + NextByte();
  }

  int Decode(int p1) {
    const uint64_t bound = (range_ >> 16) * static_cast<uint64_t>(p1);
    const int bit = code_ < bound ? 1 : 0;
    if (bit == 1) {
      range_ = bound;
    } else {
      code_ -= bound;
      range_ -= bound;
    }
    while (range_ <= uint64_t{1} << 40) {
      code_ = code_ * 256 + NextByte();
      range_ *= 256;
    }
    return bit;
  }

  bool HasOverrun() const { return missing_ > 6; }
  bool HasUnread() const { return next_ < in_.size(); }
  uint32_t Fingerprint() const { return static_cast<uint32_t>(range_ ^ (range_ >> 32)); }

 private:
  uint64_t NextByte() {
    if (next_ < in_.size()) return in_[next_++];
    ++missing_;
    return 0;
  }

  const Bytes& in_;
  size_t next_;
  uint64_t code_ = 0;
  uint64_t range_ = uint64_t{1} << 48;
  int missing_ = 0;
};

inline int Clamp(int x, int m) {
  return x > m ? m : x < -m ? -m : x;
}

// No value of the formula lies within 0.0003 of a half, so any floating point will do.
inline int SquashByFormula(int x) {
  const long p = std::lround(65536.0 / (1.0 + std::exp(-Clamp(x, 3071) / 256.0)));
  return static_cast<int>(p < 1 ? 1 : p > 65535 ? 65535 : p);
}

inline int Squash(int x) {
  static const std::array<int, 6143> table = [] {
    std::array<int, 6143> t{};
    for (int i = -3071; i <= 3071; ++i) t[static_cast<size_t>(i + 3071)] = SquashByFormula(i);
    return t;
  }();
  return table[static_cast<size_t>(Clamp(x, 3071) + 3071)];
}

inline int StretchBySearch(int i) {
  int x = 2047;
  while (x > -2047 && Squash(x) > 16 * i + 8) --x;
  return x;
}

inline int Stretch(int p) {
  static const std::array<int, 4096> table = [] {
    std::array<int, 4096> t{};
    for (int i = 0; i < 4096; ++i) t[static_cast<size_t>(i)] = StretchBySearch(i);
    return t;
  }();
  return table[static_cast<size_t>(p >> 4)];
}

// No logarithm lies within 0.0008 of an integer.
inline int64_t LogQ8(int64_t v) {
  int64_t e = 0;
  while (v >> e > 1) ++e;
  const int64_t m = (256 * v >> e) - 256;
  const double log2 = std::log2(1 + static_cast<double>(2 * m + 1) / 512);
  const int64_t log2_m = static_cast<int64_t>(65536 * log2);
  return (45426 * e + ((45426 * log2_m + 32768) >> 16) + 128) >> 8;
}

}  // namespace lmz::reference
