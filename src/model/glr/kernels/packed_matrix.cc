#include "model/glr/kernels/packed_matrix.h"

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

}  // namespace lmz
