// What becomes of a sum of a product (docs/spec/numerics.md, 6.4), and the tensor cores'
// instruction.
#pragma once

#include "device/cuda/transformer/token_integers.cuh"
#include "device/cuda/transformer/token_launch.h"

namespace lmz::cuda {

namespace {

// 16 rows by 8 columns, 32 numbers of 8 bits each.
__device__ __forceinline__ void MultiplyAdd(int (&sums)[4], uint32_t a0, uint32_t a1, uint32_t a2,
                                            uint32_t a3, uint32_t b0, uint32_t b1) {
  asm volatile(
      "mma.sync.aligned.m16n8k32.row.col.s32.s8.s8.s32 {%0,%1,%2,%3}, {%4,%5,%6,%7}, {%8,%9}, "
      "{%0,%1,%2,%3};"
      : "+r"(sums[0]), "+r"(sums[1]), "+r"(sums[2]), "+r"(sums[3])
      : "r"(a0), "r"(a1), "r"(a2), "r"(a3), "r"(b0), "r"(b1));
}

// Where the results of one row of a step go.
template <int kPlanes>
struct ResultRow {
  __device__ ResultRow(const TokenProduct& product, const TokenWork& work, int row)
      : low_shift(product.matrix.low_shift),
        is_added(product.kind == TokenProduct::kAdd),
        row_scale(product.matrix.row_scale),
        out(product.out + int64_t{row} * product.stride) {
    const TokenMatrix& m = product.matrix;
    const int exponent = ProductExponent(work, kPlanes, m.scale_exponent, m.low_shift, row);
    const bool is_free = product.kind == TokenProduct::kFree;
    shift = is_free ? 16 : min(max(exponent - product.fraction, 0), 47);
    limit = shift < 16 ? static_cast<int32_t>((1u << (15 + shift)) - 1) : 0x7FFFFFFF;
    mantissa = kPlanes == 1 ? work.planes[0].mantissa[row] : 0;
  }

  __device__ void Put(int column, int high, int low) const {
    int32_t sum = high, scale = row_scale[column];
    if (kPlanes == 1) {
      scale = TimesQ15(scale, mantissa);
    } else {
      sum = high * (1 << (7 - low_shift)) + Round32(low, low_shift);
    }
    const auto y = static_cast<int32_t>(Round64(int64_t{Saturate(sum, limit)} * scale, shift));
    out[column] = is_added ? Saturate(out[column] + y, kStreamLimit) : y;
  }

  const int low_shift;
  const bool is_added;
  const int16_t* const row_scale;
  int32_t* const out;
  int shift, limit, mantissa;
};

// The product that a tile of `columns` columns belongs to, and the tile's number within it.
__device__ __forceinline__ const TokenProduct& ProductOf(const TokenProducts& products, int columns,
                                                         int& tile) {
  int which = 0;
  for (;; ++which) {
    const int tiles = (products.product[which].matrix.rows + columns - 1) / columns;
    if (tile < tiles) return products.product[which];
    tile -= tiles;
  }
}

}  // namespace
}  // namespace lmz::cuda
