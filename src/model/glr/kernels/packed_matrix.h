// A matrix of int8 weights packed for the kernels that it is bound to, and the scope of a step's
// products.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "cpu/aligned.h"
#include "cpu/zeroed_memory.h"
#include "model/glr/kernels/network_kernels.h"

namespace lmz {

// While it lives, this thread may multiply for `lanes` lanes by matrices bound to `kernels`, which
// outlive it. No two at a time on one thread.
class ProductScope {
 public:
  ProductScope(const MatrixKernels& kernels, int lanes) : kernels_(kernels) {
    kernels.begin(lanes);
  }
  ~ProductScope() { kernels_.end(); }
  ProductScope(const ProductScope&) = delete;
  ProductScope& operator=(const ProductScope&) = delete;

 private:
  const MatrixKernels& kernels_;
};

class MatrixStorage {
 public:
  MatrixStorage() = default;
  // Packs `weights` [rows][columns], each -127 .. 127, for `kernels`, into packed_size() bytes of
  // `memory`; both outlive this object. rows is a multiple of kSizeUnit, columns of kColumnUnit and
  // at most kMaxColumns. May throw std::bad_alloc.
  MatrixStorage(std::span<const int8_t> weights, int rows, int columns,
                const MatrixKernels& kernels, ZeroedMemory& memory);

  // Within a ProductScope: sums[lane][row] = sum over columns of weight * q. Strides are in
  // elements; each x row is `columns` bytes long, q ^ kernels.flip.
  void Multiply(const uint8_t* x, ptrdiff_t x_stride, int lanes, int32_t* sums,
                ptrdiff_t sums_stride) const {
    kernels_->multiply({packed_, start_.data(), rows_, columns_}, x, x_stride, lanes, sums,
                       sums_stride);
  }

  // The weights again, [rows][columns], for whoever wants another order. Not within a ProductScope.
  // May throw std::bad_alloc.
  std::vector<int8_t> Unpack() const;

  int rows() const { return rows_; }
  int columns() const { return columns_; }

 private:
  const int8_t* packed_ = nullptr;
  AlignedVector<int32_t> start_;
  int rows_ = 0;
  int columns_ = 0;
  const MatrixKernels* kernels_ = nullptr;
};

}  // namespace lmz
