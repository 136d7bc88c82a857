// Products of matrices and planes over the whole GPU, on its tensor cores: 8-bit integers with
// exact sums of 32 bits.
#include "device/cuda/transformer/token_integers.cuh"
#include "device/cuda/transformer/token_launch.h"

namespace lmz::cuda {

namespace {

constexpr int kStages = 4;
// Of a row in shared memory: 64 bytes and 16 more, so that eight rows hit all banks once.
constexpr int kStride = kColumnUnit + 16;

__device__ __forceinline__ uint32_t SharedAddress(const void* p) {
  return static_cast<uint32_t>(__cvta_generic_to_shared(p));
}
__device__ __forceinline__ void CopyAhead(uint32_t to, const void* from) {
  asm volatile("cp.async.cg.shared.global [%0], [%1], 16;" ::"r"(to), "l"(from));
}
__device__ __forceinline__ void CommitCopies() {
  asm volatile("cp.async.commit_group;");
}
template <int kLeft>
__device__ __forceinline__ void AwaitCopies() {
  asm volatile("cp.async.wait_group %0;" ::"n"(kLeft));
}
__device__ __forceinline__ void LoadFour(uint32_t address, uint32_t (&to)[4]) {
  asm volatile("ldmatrix.sync.aligned.m8n8.x4.shared.b16 {%0,%1,%2,%3}, [%4];"
               : "=r"(to[0]), "=r"(to[1]), "=r"(to[2]), "=r"(to[3])
               : "r"(address));
}
__device__ __forceinline__ void MultiplyAdd(int (&sums)[4], const uint32_t (&a)[4], uint32_t b0,
                                            uint32_t b1) {
  asm volatile(
      "mma.sync.aligned.m16n8k32.row.col.s32.s8.s8.s32 {%0,%1,%2,%3}, {%4,%5,%6,%7}, {%8,%9}, "
      "{%0,%1,%2,%3};"
      : "+r"(sums[0]), "+r"(sums[1]), "+r"(sums[2]), "+r"(sums[3])
      : "r"(a[0]), "r"(a[1]), "r"(a[2]), "r"(a[3]), "r"(b0), "r"(b1));
}

// Tiles of kTall times 32 rows of the step and kBroad times 32 rows of a matrix; each warp has 32 of
// each.
template <int kPlanes, int kTall, int kBroad>
struct ProductTile {
  static constexpr int kThreads = kTall * kBroad * 32;
  static constexpr int kRows = kTall * 32, kColumns = kBroad * 32;
  static constexpr int kStageRows = kPlanes * kRows + kColumns;
  static constexpr int kStageSize = kStageRows * kStride;
  static constexpr int kSharedSize = kStages * kStageSize;

  const TokenProduct& product;
  const TokenPlanes& planes;
  const int first_row, first_column;
  const uint32_t shared;

  __device__ void CopyStage(int unit) const {
    const uint32_t stage = shared + static_cast<uint32_t>(unit % kStages * kStageSize);
    const int columns = WholeColumns(product.matrix.columns);
    for (int i = static_cast<int>(threadIdx.x); i < kStageRows * 4; i += kThreads) {
      const int row = i / 4, part = i % 4 * 16;
      const int8_t* from = nullptr;
      if (row < kPlanes * kRows) {
        const int plane = row / kRows;
        from = planes.bytes +
               (int64_t{first_row + row % kRows} * kPlanes + plane) * planes.stride;
      } else {
        from = product.matrix.weights + int64_t{first_column + row - kPlanes * kRows} * columns;
      }
      CopyAhead(stage + static_cast<uint32_t>(row * kStride + part),
                from + unit * kColumnUnit + part);
    }
  }

  __device__ void Multiply(int unit, int (&sums)[kPlanes][2][4][4]) const {
    const uint32_t stage = shared + static_cast<uint32_t>(unit % kStages * kStageSize);
    const int lane = static_cast<int>(threadIdx.x % 32), warp = static_cast<int>(threadIdx.x / 32);
    const int tall = warp / kBroad * 32, broad = warp % kBroad * 32;
#pragma unroll
    for (int k = 0; k < kColumnUnit; k += 32) {
      uint32_t b[2][4];
#pragma unroll
      for (int n = 0; n < 2; ++n) {
        const int row = kPlanes * kRows + broad + n * 16 + lane % 8 + lane / 16 * 8;
        LoadFour(stage + static_cast<uint32_t>(row * kStride + k + lane / 8 % 2 * 16), b[n]);
      }
#pragma unroll
      for (int p = 0; p < kPlanes; ++p) {
#pragma unroll
        for (int m = 0; m < 2; ++m) {
          uint32_t a[4];
          const int row = p * kRows + tall + m * 16 + lane % 16;
          LoadFour(stage + static_cast<uint32_t>(row * kStride + k + lane / 16 * 16), a);
#pragma unroll
          for (int n = 0; n < 4; ++n) {
            MultiplyAdd(sums[p][m][n], a, b[n / 2][n % 2 * 2], b[n / 2][n % 2 * 2 + 1]);
          }
        }
      }
    }
  }

  // One number of the result.
  __device__ void Put(const TokenWork& work, int row, int column, int high, int low) const {
    const TokenMatrix& m = product.matrix;
    const int exponent = ProductExponent(work, kPlanes, m.scale_exponent, m.low_shift, row);
    const bool is_free = product.kind == TokenProduct::kFree;
    const int shift = is_free ? 16 : min(max(exponent - product.fraction, 0), 47);
    const int32_t limit =
        shift < 16 ? static_cast<int32_t>((1u << (15 + shift)) - 1) : 0x7FFFFFFF;
    int32_t sum = high, scale = m.row_scale[column];
    if (kPlanes == 1) {
      scale = TimesQ15(scale, planes.mantissa[row]);
    } else {
      sum = high * (1 << (7 - m.low_shift)) + Round32(low, m.low_shift);
    }
    const auto y =
        static_cast<int32_t>(Round64(int64_t{Saturate(sum, limit)} * scale, shift));
    int32_t* const to = product.out + int64_t{row} * product.stride + column;
    *to = product.kind == TokenProduct::kAdd ? Saturate(*to + y, kStreamLimit) : y;
  }

  __device__ void Run(const TokenWork& work, int rows) const {
    int sums[kPlanes][2][4][4] = {};
    const int units = WholeColumns(product.matrix.columns) / kColumnUnit;
#pragma unroll
    for (int i = 0; i < kStages - 1; ++i) {
      if (i < units) CopyStage(i);
      CommitCopies();
    }
    for (int i = 0; i < units; ++i) {
      AwaitCopies<kStages - 2>();
      __syncthreads();
      if (i + kStages - 1 < units) CopyStage(i + kStages - 1);
      CommitCopies();
      Multiply(i, sums);
    }
    const int lane = static_cast<int>(threadIdx.x % 32), warp = static_cast<int>(threadIdx.x / 32);
    const int tall = first_row + warp / kBroad * 32 + lane / 4;
    const int broad = first_column + warp % kBroad * 32 + lane % 4 * 2;
#pragma unroll
    for (int m = 0; m < 2; ++m) {
#pragma unroll
      for (int n = 0; n < 4; ++n) {
#pragma unroll
        for (int i = 0; i < 4; ++i) {
          const int row = tall + m * 16 + i / 2 * 8, column = broad + n * 8 + i % 2;
          if (row < rows && column < product.matrix.rows) {
            Put(work, row, column, sums[0][m][n][i], sums[kPlanes - 1][m][n][i]);
          }
        }
      }
    }
  }
};

template <int kPlanes, int kTall, int kBroad>
__global__ void __launch_bounds__(kTall * kBroad * 32)
    ProductKernel(const __grid_constant__ TokenProducts products,
                  const __grid_constant__ TokenWork work, int rows) {
  using Tile = ProductTile<kPlanes, kTall, kBroad>;
  extern __shared__ __align__(128) char shared[];
  int column = static_cast<int>(blockIdx.y), which = 0;
  for (;; ++which) {
    const int tiles = (products.product[which].matrix.rows + Tile::kColumns - 1) / Tile::kColumns;
    if (column < tiles) break;
    column -= tiles;
  }
  const Tile tile = {products.product[which], work.planes[kPlanes - 1],
                     static_cast<int>(blockIdx.x) * Tile::kRows, column * Tile::kColumns,
                     SharedAddress(shared)};
  tile.Run(work, rows);
}

template <int kPlanes, int kTall, int kBroad>
cudaError_t Prepare() {
  return cudaFuncSetAttribute(ProductKernel<kPlanes, kTall, kBroad>,
                              cudaFuncAttributeMaxDynamicSharedMemorySize,
                              ProductTile<kPlanes, kTall, kBroad>::kSharedSize);
}

template <int kPlanes, int kTall, int kBroad>
void Launch(const TokenProducts& products, const TokenWork& work, int rows, cudaStream_t stream) {
  using Tile = ProductTile<kPlanes, kTall, kBroad>;
  int tiles = 0;
  for (int i = 0; i < products.count; ++i) {
    tiles += (products.product[i].matrix.rows + Tile::kColumns - 1) / Tile::kColumns;
  }
  const dim3 grid(static_cast<unsigned>((rows + Tile::kRows - 1) / Tile::kRows),
                  static_cast<unsigned>(tiles));
  ProductKernel<kPlanes, kTall, kBroad>
      <<<grid, Tile::kThreads, Tile::kSharedSize, stream>>>(products, work, rows);
}

// Small tiles where large ones would leave most of the GPU without work.
constexpr int kFewRows = 256;

}  // namespace

cudaError_t PrepareProducts() {
  cudaError_t error = Prepare<1, 1, 2>();
  if (error == cudaSuccess) error = Prepare<2, 1, 2>();
  if (error == cudaSuccess) error = Prepare<1, 4, 2>();
  if (error == cudaSuccess) error = Prepare<2, 4, 2>();
  return error;
}

void LaunchProducts(const TokenProducts& products, const TokenWork& work, int rows,
                    cudaStream_t stream) {
  const bool has_two = products.product[0].matrix.planes == 2;
  const bool is_large = rows > kFewRows || products.product[0].matrix.rows > 16384;
  if (is_large) {
    has_two ? Launch<2, 4, 2>(products, work, rows, stream)
            : Launch<1, 4, 2>(products, work, rows, stream);
  } else {
    has_two ? Launch<2, 1, 2>(products, work, rows, stream)
            : Launch<1, 1, 2>(products, work, rows, stream);
  }
}

}  // namespace lmz::cuda
