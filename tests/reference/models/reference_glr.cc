#include "tests/reference/models/reference_glr.h"

#include <algorithm>
#include <cmath>
#include <cstdlib>

namespace lmz {

namespace {

using Vector = std::vector<int64_t>;

int64_t Round(int64_t a, int64_t s) {
  return (a + (int64_t{1} << s) / 2) >> s;
}
int64_t Clamp(int64_t a, int64_t m) {
  return std::clamp(a, -m, m);
}
int64_t MulQ15(int64_t a, int64_t b) {
  return Round(a * b, 15);
}
int64_t Bits(int64_t a) {
  int64_t bits = 0;
  for (; a > 0; a /= 2) ++bits;
  return bits;
}
int64_t Shift(int64_t v, int64_t s) {
  return s >= 0 ? v * (int64_t{1} << s) : v >> -s;
}
int64_t Largest(const Vector& v) {
  int64_t largest = 0;
  for (const int64_t x : v) largest = std::max(largest, std::abs(x));
  return largest;
}

// 3.1
Vector Norm(const Vector& x, int64_t f, const NormWeights& w) {
  const auto n = static_cast<int64_t>(x.size());
  const int64_t e = n * (int64_t{1} << (2 * f)) / 100000;
  const int64_t d = std::max<int64_t>(0, Bits(Largest(x)) - 15);
  Vector y;
  int64_t squares = e >> (2 * d);
  for (const int64_t v : x) {
    y.push_back(Clamp(Round(v, d), 32767));
    squares += y.back() * y.back();
  }
  squares = std::max<int64_t>(1, squares);
  int64_t t = Bits(squares) - 15;
  if (t % 2 != 0) --t;
  const int64_t r = ReferenceInverseSqrt(Shift(squares, -t));
  Vector result;
  for (size_t j = 0; j < y.size(); ++j) {
    const int64_t u = Clamp(Round(y[j] * r, 7 + t / 2), 32767);
    result.push_back(MulQ15(u, w.weights[j]));
  }
  return result;
}

struct Quantised {
  Vector q;
  int64_t m = 0;
  int64_t e = 0;
};

// 3.2
Quantised Quantise(const Vector& a, int64_t fraction) {
  const int64_t m = std::max<int64_t>(1, Largest(a));
  const int64_t s = 15 - Bits(m);
  const int64_t r = (255 * 16384 - 1) / (Shift(m, s) + 1);
  Quantised result;
  for (const int64_t v : a) result.q.push_back(MulQ15(Shift(v, s), r));
  result.m = ((int64_t{1} << 21) + r / 2) / r;
  result.e = 6 + s + fraction;
  return result;
}

// 3.3, steps 1 and 2
Vector NarrowSums(const Int8Matrix& matrix, const Quantised& x) {
  Vector b;
  for (size_t i = 0; i < matrix.row_scale.size(); ++i) {
    int64_t c = 0;
    for (size_t j = 0; j < x.q.size(); ++j) c += matrix.weights[i * x.q.size() + j] * x.q[j];
    b.push_back(Clamp(Round(c, matrix.sum_shift), 32767));
  }
  return b;
}

int64_t Exponent(const Int8Matrix& matrix, const Quantised& x) {
  return matrix.scale_exponent - matrix.sum_shift - 15 + x.e;
}

// 3.3, step 3, for a given k
Vector ScaledBy(const Int8Matrix& matrix, const Quantised& x, int64_t k) {
  Vector y = NarrowSums(matrix, x);
  for (size_t i = 0; i < y.size(); ++i) y[i] = Round(y[i] * MulQ15(matrix.row_scale[i], x.m), k);
  return y;
}

Vector Product(const Int8Matrix& matrix, const Quantised& x, int64_t fraction) {
  return ScaledBy(matrix, x, std::clamp<int64_t>(Exponent(matrix, x) - fraction, 0, 31));
}

// 3.4
Vector TokenShift(const Vector& n, const Vector& p, const std::vector<int16_t>& mix) {
  Vector a;
  for (size_t j = 0; j < n.size(); ++j) {
    a.push_back(Clamp(n[j] + Round((p[j] - n[j]) * mix[j], 14), 32767));
  }
  return a;
}

// 3.5
void Recurrence(const Vector& value, const Vector& forget, const std::vector<int16_t>& bias,
                Vector& h) {
  for (size_t j = 0; j < h.size(); ++j) {
    const int64_t u = ReferenceSigmoid(-Clamp(forget[j] + bias[j], 4095));
    const int64_t d = Clamp(value[j], (1 << 21) - 1) - h[j];
    h[j] += Round(d * (u / 256) + Round(d * (u % 256), 8), 8);
  }
}

// 3.6
int64_t Silu(int64_t product) {
  const int64_t g = Clamp(product, 32767);
  return Round(g * ReferenceSigmoid(Clamp(Round(g, 2), 4095)), 16);
}

// 3.7
Quantised SquaredRelu(const Int8Matrix& up, const Quantised& x) {
  Vector y = NarrowSums(up, x);
  for (size_t i = 0; i < y.size(); ++i) {
    y[i] = std::max<int64_t>(0, MulQ15(y[i], up.row_scale[i]));
  }
  const int64_t s = 15 - Bits(std::max<int64_t>(1, Largest(y)));
  for (int64_t& v : y) v = MulQ15(Shift(v, s), Shift(v, s));
  Quantised result = Quantise(y, 0);
  result.m = (result.m * ((x.m * x.m) >> 14)) >> 14;
  result.e += 2 * s - 43 + 2 * Exponent(up, x);
  return result;
}

// 3.8
void AddProduct(const Int8Matrix& matrix, const Quantised& input, Vector& x) {
  constexpr int64_t kLimit = (1 << 26) - 1;
  const int64_t k = std::clamp<int64_t>(Exponent(matrix, input) - 8, -16, 31);
  const Vector y = ScaledBy(matrix, input, std::max<int64_t>(0, k));
  for (size_t i = 0; i < x.size(); ++i) {
    const int64_t addend = k >= 0 ? y[i] : Shift(Clamp(y[i], kLimit >> -k), -k);
    x[i] = Clamp(x[i] + Clamp(addend, kLimit), kLimit);
  }
}

// 3.9
Vector ByteWeights(const Int8Matrix& head, const std::vector<int32_t>& bias, const Quantised& x) {
  Vector l = Product(head, x, 10);
  for (size_t i = 0; i < l.size(); ++i) l[i] += bias[i];
  const int64_t top = *std::max_element(l.begin(), l.end());
  for (int64_t& v : l) {
    const int64_t d = top - v;
    v = std::max<int64_t>(1, ReferenceExp2(d % 1024) >> std::min<int64_t>(31, d / 1024));
  }
  return l;
}

}  // namespace

int64_t ReferenceSigmoid(int64_t z) {
  const long double value = 65536 / (1 + std::exp(-static_cast<long double>(z) / 256));
  return std::min<int64_t>(65535, std::llround(value));
}

int64_t ReferenceExp2(int64_t i) {
  return std::llround(std::exp2(22 - static_cast<long double>(i) / 1024));
}

int64_t ReferenceInverseSqrt(int64_t mantissa) {
  int64_t root = 0;
  for (int64_t bit = 1 << 14; bit > 0; bit /= 2) {
    if ((root + bit) * (root + bit) * mantissa <= int64_t{1} << 44) root += bit;
  }
  return root;
}

ReferenceGlr::ReferenceGlr(const GlrWeights& weights) : weights_(weights) {
  const GlrShape& shape = weights.shape;
  for (int i = 0; i < shape.layers; ++i) {
    memory_.push_back({Vector(shape.state), Vector(shape.width), Vector(shape.width)});
  }
}

// 4
std::vector<int64_t> ReferenceGlr::Step(uint8_t byte) {
  const size_t width = weights_.shape.width;
  const auto row = weights_.embedding.begin() + static_cast<std::ptrdiff_t>(byte * width);
  Vector x(row, row + static_cast<std::ptrdiff_t>(width));
  for (size_t i = 0; i < weights_.layers.size(); ++i) {
    const GlrLayer& layer = weights_.layers[i];
    LayerMemory& memory = memory_[i];
    Vector n = Norm(x, 8, layer.input_norm);
    const auto shifted = [&](size_t which) {
      return Quantise(TokenShift(n, memory.previous_input, layer.mix[which]),
                      layer.input_norm.fraction);
    };
    const Vector value = Product(layer.value, shifted(0), 14);
    const Vector forget = Product(layer.forget, shifted(1), 8);
    const Vector gate = Product(layer.gate, shifted(2), 10);
    memory.previous_input = n;
    Recurrence(value, forget, layer.forget_bias, memory.state);
    Vector a = Norm(memory.state, 14, layer.state_norm);
    for (size_t j = 0; j < a.size(); ++j) a[j] *= Silu(gate[j]);
    AddProduct(layer.output, Quantise(a, layer.state_norm.fraction + 10), x);
    n = Norm(x, 8, layer.hidden_norm);
    const Quantised up = Quantise(TokenShift(n, memory.previous_hidden, layer.hidden_mix),
                                  layer.hidden_norm.fraction);
    memory.previous_hidden = n;
    AddProduct(layer.down, SquaredRelu(layer.up, up), x);
  }
  const Vector n = Norm(x, 8, weights_.final_norm);
  return ByteWeights(weights_.head, weights_.head_bias, Quantise(n, weights_.final_norm.fraction));
}

}  // namespace lmz
