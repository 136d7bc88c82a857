#include "model/glr/kernels/matrix_order.h"

namespace lmz {

size_t BlocksSize(int rows, int columns) {
  return static_cast<size_t>(rows) * static_cast<size_t>(columns);
}

void PackBlocks(const int8_t* weights, int rows, int columns, int8_t* packed) {
  const ptrdiff_t row_step = ptrdiff_t{kBlockRows} * columns;
  for (int row = 0; row < rows; ++row) {
    for (int column = 0; column < columns; ++column) {
      const ptrdiff_t block = row / kBlockRows * row_step + column / kBlockColumns * kBlockBytes;
      packed[block + row % kBlockRows * kBlockColumns + column % kBlockColumns] = *weights++;
    }
  }
}

size_t ColumnsSize(int rows, int columns) {
  return static_cast<size_t>(ColumnBytes(rows)) * static_cast<size_t>(columns);
}

void PackColumns(const int8_t* weights, int rows, int columns, int8_t* packed) {
  for (int row = 0; row < rows; ++row) {
    for (int column = 0; column < columns; ++column) {
      packed[column * ColumnBytes(rows) + row] = *weights++;
    }
  }
}

}  // namespace lmz
