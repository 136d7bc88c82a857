#include "model/glr/kernels/packed_matrix.h"

#include <algorithm>
#include <cassert>

namespace lmz {

MatrixStorage::MatrixStorage(std::span<const int8_t> weights, int rows, int columns,
                             const MatrixKernels& kernels, ZeroedMemory& memory)
    : start_(static_cast<size_t>(rows)), rows_(rows), columns_(columns), kernels_(&kernels) {
  assert(rows > 0 && rows % kSizeUnit == 0);
  assert(columns > 0 && columns % kColumnUnit == 0 && columns <= kMaxColumns);
  assert(weights.size() == static_cast<size_t>(rows) * static_cast<size_t>(columns));
  auto* const packed = static_cast<int8_t*>(memory.Take(kernels.packed_size(rows, columns)));
  kernels.pack(weights.data(), rows, columns, packed);
  packed_ = packed;
  // The kernel multiplies with q + flip, so the sums start at -flip * (sum of weights).
  if (kernels.flip == 0) return;
  const int8_t* weight = weights.data();
  for (int32_t& start : start_) {
    int32_t sum = 0;
    for (int column = 0; column < columns; ++column) sum += weight[column];
    start = -sum * kernels.flip;
    weight += columns;
  }
}

// Only the kernels know the order: they multiply by vectors that are 1 in one column.
std::vector<int8_t> MatrixStorage::Unpack() const {
  constexpr int kTogether = 16;
  const ptrdiff_t x_stride = columns_ + static_cast<ptrdiff_t>(kCacheLine);
  AlignedVector<uint8_t> x(static_cast<size_t>(kTogether * x_stride), kernels_->flip);
  AlignedVector<int32_t> sums(static_cast<size_t>(kTogether) * static_cast<size_t>(rows_));
  std::vector<int8_t> weights(static_cast<size_t>(rows_) * static_cast<size_t>(columns_));
  const ProductScope scope(*kernels_, kTogether);
  for (int first = 0; first < columns_; first += kTogether) {
    const int count = std::min(kTogether, columns_ - first);
    const auto unit = [&](int i) -> uint8_t& {
      return x[static_cast<size_t>(i * x_stride + first + i)];
    };
    for (int i = 0; i < count; ++i) unit(i) ^= 1;
    Multiply(x.data(), x_stride, count, sums.data(), rows_);
    for (int i = 0; i < count; ++i) {
      unit(i) ^= 1;
      for (int row = 0; row < rows_; ++row) {
        weights[static_cast<size_t>(row) * static_cast<size_t>(columns_) +
                static_cast<size_t>(first + i)] =
            static_cast<int8_t>(sums[static_cast<size_t>(i * rows_ + row)]);
      }
    }
  }
  return weights;
}

}  // namespace lmz
