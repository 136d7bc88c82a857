#include "train/export/quantize_glr.h"

#include <algorithm>
#include <cmath>

#include "model/glr/kernels/fixed_point.h"

namespace lmz::train {

namespace {

double LargestMagnitude(std::span<const float> values) {
  double largest = 0;
  for (const float v : values) largest = std::max(largest, std::abs(double{v}));
  return largest;
}

double Quantized(double value, double step) {
  return std::clamp(std::round(value / step), -127.0, 127.0);
}

// The exponent that puts the largest of some positive numbers just below 2^15.
int ExponentFor(double largest) {
  int exponent = 0;
  while (largest * std::ldexp(1.0, exponent) < 16383) ++exponent;
  while (largest * std::ldexp(1.0, exponent) > 32767) --exponent;
  return exponent;
}

}  // namespace

Int8Matrix QuantizeMatrix(std::span<const float> weights, size_t rows, double factor) {
  const size_t columns = weights.size() / rows;
  std::vector<double> steps(rows);
  for (size_t r = 0; r < rows; ++r) {
    steps[r] = LargestMagnitude(weights.subspan(r * columns, columns)) / 127;
  }
  Int8Matrix m;
  m.scale_exponent = static_cast<int8_t>(
      ExponentFor(std::max(1e-9, factor * *std::max_element(steps.begin(), steps.end()))));
  m.weights.resize(weights.size());
  int64_t largest_sum = 1;
  for (size_t r = 0; r < rows; ++r) {
    const double unit = std::ldexp(1.0, m.scale_exponent);
    m.row_scale.push_back(
        static_cast<int16_t>(std::clamp(std::round(steps[r] * factor * unit), 1.0, 32767.0)));
    const double step = m.row_scale[r] / unit / factor;
    int64_t sum = 0;
    for (size_t c = 0; c < columns; ++c) {
      const double q = Quantized(weights[r * columns + c], step);
      m.weights[r * columns + c] = static_cast<int8_t>(q);
      sum += std::abs(static_cast<int64_t>(q)) * 127;
    }
    largest_sum = std::max(largest_sum, sum);
  }
  while ((largest_sum >> m.sum_shift) > kInt16Limit && m.sum_shift < 16) ++m.sum_shift;
  return m;
}

NormWeights QuantizeNorm(std::span<const float> weights) {
  // The kernel divides by the root of the sum of squares, not of their mean.
  const double root = std::sqrt(static_cast<double>(weights.size()));
  const int exponent = ExponentFor(std::max(1e-9, LargestMagnitude(weights) * root));
  NormWeights n;
  n.fraction = static_cast<int8_t>(exponent);
  for (const float w : weights) {
    n.weights.push_back(static_cast<int16_t>(std::round(w * root * std::ldexp(1.0, exponent))));
  }
  return n;
}

std::vector<int16_t> QuantizeVector(std::span<const float> values, int fraction) {
  std::vector<int16_t> result;
  for (const float v : values) {
    const double scaled = std::round(std::ldexp(double{v}, fraction));
    result.push_back(static_cast<int16_t>(std::clamp(scaled, -32767.0, 32767.0)));
  }
  return result;
}

std::vector<int16_t> QuantizeEmbedding(std::span<const float> embedding,
                                       std::span<const float> norm) {
  const size_t width = norm.size();
  std::vector<float> normal(embedding.begin(), embedding.end());
  for (size_t row = 0; row < embedding.size(); row += width) {
    double squares = 0;
    for (size_t i = 0; i < width; ++i) squares += double{embedding[row + i]} * embedding[row + i];
    const double scale = 1 / std::sqrt(squares / static_cast<double>(width) + 1e-5);
    for (size_t i = 0; i < width; ++i) {
      normal[row + i] = static_cast<float>(embedding[row + i] * scale * norm[i]);
    }
  }
  return QuantizeVector(normal, kResidualFraction);
}

}  // namespace lmz::train
