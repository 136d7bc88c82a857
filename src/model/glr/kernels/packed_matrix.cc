#include "model/glr/kernels/packed_matrix.h"

namespace lmz {

namespace {

constexpr ptrdiff_t kBlockBytes = kBlockRows * kBlockColumns;
constexpr int kColumnAlignment = 64;  // the rows of the largest tile of multiply_sparse

}  // namespace

MatrixStorage::MatrixStorage(std::span<const int8_t> weights, int rows, int columns, uint8_t flip)
    : blocks_(weights.size()),
      start_(static_cast<size_t>(rows)),
      row_step_(kBlockBytes * (columns / kBlockColumns)),
      column_step_(kBlockBytes),
      rows_(rows),
      columns_(columns) {
  Pack(weights);
  // The kernel multiplies with q + flip, so the sums start at -flip * (sum of weights).
  for (size_t i = 0; i < weights.size(); ++i) {
    start_[i / static_cast<size_t>(columns)] -= weights[i] * flip;
  }
}

MatrixStorage MatrixStorage::ForSparse(std::span<const int8_t> weights, int rows, int columns) {
  MatrixStorage matrix;
  const int column_size = (rows + kColumnAlignment - 1) / kColumnAlignment * kColumnAlignment;
  matrix.blocks_.resize(static_cast<size_t>(column_size) * static_cast<size_t>(columns));
  matrix.start_.resize(static_cast<size_t>(rows));
  matrix.column_step_ = column_size;
  matrix.rows_ = rows;
  matrix.columns_ = columns;
  const int8_t* from = weights.data();
  for (int row = 0; row < rows; ++row) {
    for (int column = 0; column < columns; ++column) {
      matrix.blocks_[static_cast<size_t>(column * matrix.column_step_ + row)] = *from++;
    }
  }
  return matrix;
}

void MatrixStorage::Pack(std::span<const int8_t> weights) {
  const int8_t* from = weights.data();
  for (int row = 0; row < rows_; ++row) {
    for (int column = 0; column < columns_; ++column) {
      const ptrdiff_t block = row / kBlockRows * row_step_ + column / kBlockColumns * column_step_;
      const int within = row % kBlockRows * kBlockColumns + column % kBlockColumns;
      blocks_[static_cast<size_t>(block + within)] = *from++;
    }
  }
}

}  // namespace lmz
