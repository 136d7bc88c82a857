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
  for (size_t i = 0; i < weights.size(); ++i) {
    start_[i / static_cast<size_t>(columns)] -= weights[i] * kernels.flip;
  }
}

}  // namespace lmz
