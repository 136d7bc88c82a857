// Local least squares: section 5 of src/codec/image/spec.md.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <vector>

namespace lmz::reference {

using Numbers = std::vector<int64_t>;
using Matrix = std::vector<Numbers>;

// floor(sqrt(2^44 / m)), at most 32767.
inline int64_t InverseSqrt(int64_t m) {
  auto root = static_cast<int64_t>(std::sqrt(std::ldexp(1.0, 44) / static_cast<double>(m)));
  while (root * root * m > int64_t{1} << 44) --root;
  while ((root + 1) * (root + 1) * m <= int64_t{1} << 44) ++root;
  return std::min<int64_t>(root, 32767);
}

inline int Digits(int64_t v) {
  int digits = 0;
  for (; v > 0; v >>= 1) ++digits;
  return digits;
}

class Squares {
 public:
  Squares(size_t width, size_t inputs)
      : width_(width),
        n_(inputs),
        recent_(n_ + 1, Numbers(n_ + 1)),
        above_((width + 1) / 2, recent_),
        weights_(n_) {}

  void BeginRow() { recent_ = Matrix(n_ + 1, Numbers(n_ + 1)); }

  // The sum of x[i] * weights[i].
  int64_t Predict(size_t column, const Numbers& x) {
    if (column % 2 == 0) Solve(above_[column / 2]);
    int64_t sum = 0;
    for (size_t i = 0; i < n_; ++i) sum += x[i] * weights_[i];
    return sum;
  }

  // `x` has the target behind the inputs.
  void Learn(size_t column, const Numbers& x) {
    for (size_t j = 0; j <= n_; ++j) {
      for (size_t i = j; i <= n_; ++i) recent_[j][i] += x[j] * x[i];
    }
    FadeRecent();
    if (column >= 5) AddAbove(column - 5);
  }

  void EndRow() {
    for (size_t c = width_ < 5 ? 0 : width_ - 5; c < width_; ++c) {
      AddAbove(c);
      FadeRecent();
    }
  }

 private:
  void FadeRecent() {
    for (Numbers& row : recent_) {
      for (int64_t& s : row) s = s - (s >> 4) - (s >> 5);
    }
  }

  void AddAbove(size_t column) {
    if (column % 2 != 0) return;
    Matrix& above = above_[column / 2];
    for (size_t j = 0; j <= n_; ++j) {
      for (size_t i = j; i <= n_; ++i) {
        const int64_t v = above[j][i] + recent_[j][i];
        above[j][i] = v - (v >> 3);
      }
    }
  }

  // 5.3
  void Solve(const Matrix& above) {
    Matrix c = recent_;
    int64_t largest = 0;
    for (size_t j = 0; j <= n_; ++j) {
      for (size_t i = j; i <= n_; ++i) c[j][i] += above[j][i];
      largest = std::max(largest, c[j][j]);
    }
    if (largest == 0) return;
    const int b = Digits(largest);
    int64_t trace = 0;
    for (size_t j = 0; j <= n_; ++j) {
      for (int64_t& v : c[j]) v = b < 28 ? v * (int64_t{1} << (28 - b)) : v >> (b - 28);
      if (j < n_) trace += c[j][j];
    }
    for (size_t j = 0; j < n_; ++j) c[j][j] += (trace >> 16) + (1 << 13);
    Numbers scale(n_);
    std::vector<int> shift(n_);
    for (size_t j = 0; j < n_; ++j) {
      for (size_t i = j; i <= n_; ++i) {
        uint64_t sum = 0;
        for (size_t k = 0; k < j; ++k) sum += static_cast<uint64_t>(c[k][j] * c[k][i]);
        c[j][i] = Low32(c[j][i] - (static_cast<int64_t>(sum) >> 28));
      }
      const int64_t d = std::clamp<int64_t>(c[j][j], 1 << 12, 1 << 29);
      int u = 0;
      while (d << (u + 2) < int64_t{1} << 30) u += 2;
      const int64_t wide = d << u;
      const int64_t r = InverseSqrt(wide >> 14);
      const int64_t e = (int64_t{1} << 58) - wide * r * r;
      scale[j] = (r << 15) + ((r * (e >> 14)) >> 30);
      shift[j] = 30 - u / 2;
      for (size_t i = j; i <= n_; ++i) c[j][i] = Low32((c[j][i] * scale[j]) >> shift[j]);
    }
    weights_.assign(n_, 0);
    for (size_t j = n_; j-- > 0;) {
      int64_t s = 0;
      for (size_t i = j + 1; i < n_; ++i) s += c[j][i] * weights_[i];
      const int64_t limit = int64_t{1} << 30;
      const int64_t q = std::clamp(c[j][n_] - (s >> 20), -limit, limit);
      weights_[j] = std::clamp<int64_t>((q * scale[j]) >> (shift[j] + 8), -(1 << 24), 1 << 24);
    }
  }

  static int64_t Low32(int64_t v) { return static_cast<int32_t>(static_cast<uint32_t>(v)); }

  size_t width_;
  size_t n_;
  Matrix recent_;  // [j][i], j <= i
  std::vector<Matrix> above_;
  Numbers weights_;
};

}  // namespace lmz::reference
