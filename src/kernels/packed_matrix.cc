#include "kernels/packed_matrix.h"

namespace lmz {

MatrixStorage::MatrixStorage(std::span<const int8_t> weights, int rows, int columns, uint8_t flip)
    : blocks_(weights.size()), start_(static_cast<size_t>(rows)), rows_(rows), columns_(columns) {
  size_t out = 0;
  for (int block_row = 0; block_row < rows; block_row += kBlockRows) {
    for (int block_column = 0; block_column < columns; block_column += kBlockColumns) {
      for (int row = block_row; row < block_row + kBlockRows; ++row) {
        for (int column = block_column; column < block_column + kBlockColumns; ++column) {
          const int8_t w = weights[static_cast<size_t>(row) * static_cast<size_t>(columns) +
                                   static_cast<size_t>(column)];
          blocks_[out++] = w;
          // The kernel multiplies with q + flip, so the sums start at -flip * (sum of weights).
          start_[static_cast<size_t>(row)] -= w * flip;
        }
      }
    }
  }
}

}  // namespace lmz
