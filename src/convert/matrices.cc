#include "convert/matrices.h"

#include <algorithm>

#include "base/uint128.h"

namespace lmz::convert {

namespace {

constexpr int64_t kMaxWeight = 127;
constexpr uint64_t kMaxScale = 32767;
constexpr uint64_t kReadSize = uint64_t{1} << 20;

Status Damaged(const GgufTensor& tensor, const std::string& what) {
  return Status(Code::kDamaged, "tensor '" + tensor.name + "' " + what);
}

// ceil(|number| * 2^exponent / 127), at most 2^16.
uint64_t LeastScale(const Number& number, int exponent) {
  const uint64_t mantissa = Magnitude(number.mantissa);
  const int shift = number.exponent + exponent;
  if (mantissa == 0) return 0;
  if (Bits(mantissa) + shift > 23) return kMaxScale + 1;
  if (shift >= 0) return ((mantissa << shift) + kMaxWeight - 1) / kMaxWeight;
  if (shift < -56) return 1;
  const uint64_t divisor = static_cast<uint64_t>(kMaxWeight) << -shift;
  return mantissa / divisor + (mantissa % divisor != 0 ? 1 : 0);
}

// mantissa * 2^shift / scale to the nearest, ties away from zero. The result is within +-127.
int8_t Rounded(int64_t mantissa, int shift, uint64_t scale) {
  const uint64_t magnitude = Magnitude(mantissa);
  uint64_t quotient = 0;
  if (magnitude == 0 || scale == 0 || shift < -56) {
    // Magnitudes are below 2^53.
  } else if (Bits(magnitude) + shift > 40) {
    quotient = kMaxWeight;  // only in a file that changed since its scales were found
  } else if (shift >= 0) {
    quotient = ((magnitude << shift) + scale / 2) / scale;
  } else if (shift >= -46) {
    const uint64_t divisor = scale << -shift;
    quotient = (magnitude + divisor / 2) / divisor;
  } else {
    const Uint128 divisor = Uint128{scale} << -shift;
    quotient = static_cast<uint64_t>((Uint128{magnitude} + divisor / 2) / divisor);
  }
  const auto weight = static_cast<int64_t>(quotient);
  return static_cast<int8_t>(mantissa < 0 ? -weight : weight);
}

// Calls `use(row, numbers)` for each row of the matrix, in the order that the model file wants.
template <class Use>
Status ForEachRow(const RandomAccess& file, const MatrixOrigin& origin, Use use) {
  const GgufTensor& tensor = *origin.tensor;
  const uint64_t row_size = tensor.row_size();
  const uint64_t group =
      origin.neighbours != 0 ? origin.neighbours : std::max<uint64_t>(1, kReadSize / row_size);
  NumberRow numbers;
  numbers.resize(static_cast<size_t>(tensor.columns));
  Bytes raw;
  for (uint64_t first = 0; first < tensor.rows; first += group) {
    const uint64_t count = std::min(group, tensor.rows - first);
    raw.resize(static_cast<size_t>(count * row_size));
    LMZ_TRY(file.ReadAt(tensor.offset + first * row_size, raw));
    for (uint64_t i = 0; i < count; ++i) {
      const uint64_t half = group / 2;
      const uint64_t from = origin.neighbours == 0 ? i : i < half ? 2 * i : 2 * (i - half) + 1;
      const ByteSpan row = ByteSpan(raw).subspan(static_cast<size_t>(from * row_size),
                                                 static_cast<size_t>(row_size));
      if (!DecodeRow(*tensor.type, row, numbers)) {
        return Damaged(tensor, "holds a number that is not finite");
      }
      LMZ_TRY(use(static_cast<size_t>(first + i), numbers));
    }
  }
  return OkStatus();
}

Number LargestOf(const NumberRow& numbers) {
  Number largest;
  for (size_t i = 0; i < numbers.size(); ++i) {
    const Number number = {numbers.mantissa[i], numbers.exponent[i]};
    if (IsSmaller(largest, number)) largest = number;
  }
  return largest;
}

}  // namespace

Result<ScaledMatrix> GgufMatrices::Scales(const ScaledMatrix& place, size_t rows, size_t columns) {
  const MatrixOrigin& origin = origins_.at(&place);
  const GgufTensor& tensor = *origin.tensor;
  if (tensor.rows != rows || tensor.columns != columns) {
    return Damaged(tensor, "has " + std::to_string(tensor.rows) + " rows of " +
                               std::to_string(tensor.columns) + " numbers instead of " +
                               std::to_string(rows) + " of " + std::to_string(columns));
  }
  std::vector<Number> largest(rows);
  LMZ_TRY(ForEachRow(file_, origin, [&](size_t row, const NumberRow& numbers) {
    largest[row] = LargestOf(numbers);
    return OkStatus();
  }));
  const Number top = *std::max_element(largest.begin(), largest.end(), IsSmaller);
  exponent_ = 127;
  while (exponent_ >= -64 && LeastScale(top, exponent_) > kMaxScale) --exponent_;
  if (exponent_ - origin.gain < -64) return Damaged(tensor, "holds numbers that are too large");
  row_scale_.clear();
  for (const Number& number : largest) {
    row_scale_.push_back(static_cast<int16_t>(LeastScale(number, exponent_)));
  }
  return ScaledMatrix{.planes = origin.planes,
                      .scale_exponent = static_cast<int8_t>(exponent_ - origin.gain),
                      .row_scale = row_scale_,
                      .weights = {}};
}

Status GgufMatrices::WriteWeights(const ScaledMatrix& place, Sink& out) {
  Bytes weights;
  return ForEachRow(file_, origins_.at(&place), [&](size_t row, const NumberRow& numbers) {
    const auto scale = static_cast<uint64_t>(row_scale_[row]);
    weights.resize(numbers.size());
    for (size_t i = 0; i < numbers.size(); ++i) {
      const int shift = numbers.exponent[i] + exponent_;
      weights[i] = static_cast<uint8_t>(Rounded(numbers.mantissa[i], shift, scale));
    }
    return out.Write(weights);
  });
}

Result<NumberRow> ReadRow(const RandomAccess& file, const GgufTensor& tensor, size_t size) {
  if (tensor.rows != 1 || tensor.columns != size) {
    return Damaged(tensor, "does not have " + std::to_string(size) + " numbers");
  }
  Bytes raw(static_cast<size_t>(tensor.row_size()));
  LMZ_TRY(file.ReadAt(tensor.offset, raw));
  NumberRow row;
  row.resize(size);
  if (!DecodeRow(*tensor.type, raw, row)) {
    return Damaged(tensor, "holds a number that is not finite");
  }
  return row;
}

}  // namespace lmz::convert
