// A matrix of int8 weights that owns its memory, in the order that the matrix kernels read.
#pragma once

#include <cstdint>
#include <span>

#include "cpu/aligned.h"
#include "model/glr/kernels/network_kernels.h"

namespace lmz {

class MatrixStorage {
 public:
  MatrixStorage() = default;
  // Packs `weights` [rows][columns], each -127 .. 127, for kernels whose quantised_flip is `flip`.
  // rows is a multiple of 16, columns of 4 and at most kMaxColumns.
  MatrixStorage(std::span<const int8_t> weights, int rows, int columns, uint8_t flip);

  // Packs the same for multiply_sparse, which wants no flip.
  static MatrixStorage ForSparse(std::span<const int8_t> weights, int rows, int columns);

  // Valid as long as this object lives and is not moved from.
  PackedMatrix view() const {
    return {blocks_.data(), row_step_, column_step_, start_.data(), rows_, columns_};
  }

 private:
  void Pack(std::span<const int8_t> weights);

  AlignedVector<int8_t> blocks_;
  AlignedVector<int32_t> start_;
  ptrdiff_t row_step_ = 0;
  ptrdiff_t column_step_ = 0;
  int rows_ = 0;
  int columns_ = 0;
};

}  // namespace lmz
