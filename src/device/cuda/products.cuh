// Products of 8-bit weights and quantised vectors on tensor cores: 16 rows by 8 lanes, 32 columns
// at a time, with exact sums of 32 bits.
#pragma once

#include "device/cuda/fixed_point.cuh"
#include "device/cuda/step_launch.h"

namespace lmz::cuda {

__device__ __forceinline__ int4 LoadWeights(const int4* from) {
  int4 w;
  asm volatile("ld.global.nc.L1::no_allocate.v4.s32 {%0,%1,%2,%3}, [%4];"
               : "=r"(w.x), "=r"(w.y), "=r"(w.z), "=r"(w.w)
               : "l"(from));
  return w;
}

// Asks for the line of memory that holds `from`, without waiting.
__device__ __forceinline__ void Prefetch(const void* from) {
  asm volatile("prefetch.global.L2 [%0];" ::"l"(from));
}

__device__ __forceinline__ void MultiplyAdd(int (&sums)[4], const int4& a, uint32_t b0,
                                            uint32_t b1) {
  asm volatile(
      "mma.sync.aligned.m16n8k32.row.col.s32.s8.s8.s32 {%0,%1,%2,%3}, {%4,%5,%6,%7}, {%8,%9}, "
      "{%0,%1,%2,%3};"
      : "+r"(sums[0]), "+r"(sums[1]), "+r"(sums[2]), "+r"(sums[3])
      : "r"(a.x), "r"(a.y), "r"(a.z), "r"(a.w), "r"(b0), "r"(b1));
}

// The operands of kTiles products from 8 rows each of quantised vectors, 32 bytes of each row.
template <int kTiles>
__device__ __forceinline__ void LoadVectors(uint32_t address, int stride,
                                            uint32_t (&b)[kTiles][2]) {
  if constexpr (kTiles == 1) {
    asm volatile("ldmatrix.sync.aligned.m8n8.x2.shared.b16 {%0,%1}, [%2];"
                 : "=r"(b[0][0]), "=r"(b[0][1])
                 : "r"(address));
  } else {
#pragma unroll
    for (int n = 0; n < kTiles; n += 2) {
      asm volatile("ldmatrix.sync.aligned.m8n8.x4.shared.b16 {%0,%1,%2,%3}, [%4];"
                   : "=r"(b[n][0]), "=r"(b[n][1]), "=r"(b[n + 1][0]), "=r"(b[n + 1][1])
                   : "r"(address + static_cast<uint32_t>(n * 8 * stride)));
    }
  }
}

// One matrix in memory: row scales, then for each 16 rows and each 32 columns the 16 bytes of every
// thread of a warp (mma.m16n8k32, operand A).
struct MatrixView {
  __device__ __forceinline__ MatrixView(const char* data, int rows, int columns, int base_exponent,
                                        int shift)
      : row_scale(reinterpret_cast<const int16_t*>(data)),
        weights(reinterpret_cast<const int4*>(data + ((rows * 2 + 15) & ~15))),
        units(WholeUnits(columns) / kUnit),
        base(base_exponent),
        sum_shift(shift) {}
  const int16_t* row_scale;
  const int4* weights;
  int units;
  int base;
  int sum_shift;
};

// A narrowed and scaled sum (spec 3.3).
__device__ __forceinline__ int32_t ScaledSum(int32_t sum, int sum_shift, int32_t scale, int shift) {
  return RoundShift(Clamp(RoundShift(sum, sum_shift), kInt16Limit) * scale, shift);
}

}  // namespace lmz::cuda
