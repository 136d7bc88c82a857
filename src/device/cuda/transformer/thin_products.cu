// Products of which there are too few tiles to fill the GPU with large ones: a block of threads has
// 32 rows of the step and 32 of a matrix, and its warps share the columns, so that what each waits
// for is short.
#include "device/cuda/transformer/product_result.cuh"

namespace lmz::cuda {

cudaError_t PrepareThinProducts();
void LaunchThinProducts(const TokenProducts& products, const TokenWork& work, int rows,
                        cudaStream_t stream);

namespace {

constexpr int kWarps = 8;
constexpr int kSide = 32;
// Of a row of sums in shared memory: pairs of numbers of four rows hit all banks once.
constexpr int kStride = kSide + 8;

// Sums [plane][16 rows][8 columns] of one warp. Within 64 columns, each thread of four has 16 that
// lie side by side; which of them meet in one instruction does not matter to the sum.
template <int kPlanes>
struct WarpSums {
  int sums[kPlanes][2][4][4] = {};

  __device__ void Add(const int8_t* rows, int row_stride, const int8_t* columns,
                      int column_stride) {
    int4 a[kPlanes][2][2], b[4];
#pragma unroll
    for (int n = 0; n < 4; ++n) {
      b[n] = __ldg(reinterpret_cast<const int4*>(columns + int64_t{n} * 8 * column_stride));
    }
#pragma unroll
    for (int p = 0; p < kPlanes; ++p) {
#pragma unroll
      for (int m = 0; m < 4; ++m) {
        a[p][m / 2][m % 2] =
            *reinterpret_cast<const int4*>(rows + (int64_t{m} * 8 * kPlanes + p) * row_stride);
      }
    }
#pragma unroll
    for (int p = 0; p < kPlanes; ++p) {
#pragma unroll
      for (int m = 0; m < 2; ++m) {
        const int4 &top = a[p][m][0], &bottom = a[p][m][1];
#pragma unroll
        for (int n = 0; n < 4; ++n) {
          MultiplyAdd(sums[p][m][n], top.x, bottom.x, top.y, bottom.y, b[n].x, b[n].y);
          MultiplyAdd(sums[p][m][n], top.z, bottom.z, top.w, bottom.w, b[n].z, b[n].w);
        }
      }
    }
  }

  // To [plane][row][kStride].
  __device__ void Store(int32_t* to) const {
    const int lane = static_cast<int>(threadIdx.x % 32);
#pragma unroll
    for (int p = 0; p < kPlanes; ++p) {
#pragma unroll
      for (int m = 0; m < 2; ++m) {
#pragma unroll
        for (int n = 0; n < 4; ++n) {
#pragma unroll
          for (int half = 0; half < 2; ++half) {
            const int row = p * kSide + m * 16 + half * 8 + lane / 4, column = n * 8 + lane % 4 * 2;
            *reinterpret_cast<int2*>(to + row * kStride + column) =
                make_int2(sums[p][m][n][2 * half], sums[p][m][n][2 * half + 1]);
          }
        }
      }
    }
  }
};

template <int kPlanes>
constexpr int kSharedSize = kWarps* kPlanes* kSide* kStride * 4;

template <int kPlanes>
__global__ void __launch_bounds__(kWarps * 32, 2)
    ThinKernel(const __grid_constant__ TokenProducts products,
               const __grid_constant__ TokenWork work, int rows) {
  extern __shared__ __align__(16) int32_t shared[];
  int tile = static_cast<int>(blockIdx.y);
  const TokenProduct& product = ProductOf(products, kSide, tile);
  const int first_row = static_cast<int>(blockIdx.x) * kSide, first_column = tile * kSide;
  const int lane = static_cast<int>(threadIdx.x % 32), warp = static_cast<int>(threadIdx.x / 32);
  const TokenPlanes& planes = work.planes[kPlanes - 1];
  const int columns = WholeColumns(product.matrix.columns);
  const int8_t* const own_rows =
      planes.bytes + int64_t{first_row + lane / 4} * kPlanes * planes.stride + lane % 4 * 16;
  const int8_t* const own_columns =
      product.matrix.weights + int64_t{first_column + lane / 4} * columns + lane % 4 * 16;
  WarpSums<kPlanes> sums;
  for (int at = warp * kColumnUnit; at < columns; at += kWarps * kColumnUnit) {
    sums.Add(own_rows + at, planes.stride, own_columns + at, columns);
  }
  constexpr int kSize = kPlanes * kSide * kStride;
  sums.Store(shared + warp * kSize);
  __syncthreads();
  // Each warp has four rows.
#pragma unroll
  for (int i = 0; i < kSide / kWarps; ++i) {
    const int row = warp * (kSide / kWarps) + i;
    int total[2] = {};
#pragma unroll
    for (int p = 0; p < kPlanes; ++p) {
#pragma unroll
      for (int w = 0; w < kWarps; ++w) {
        total[p] += shared[w * kSize + (p * kSide + row) * kStride + lane];
      }
    }
    if (first_row + row >= rows || first_column + lane >= product.matrix.rows) continue;
    ResultRow<kPlanes>(product, work, first_row + row).Put(first_column + lane, total[0], total[1]);
  }
}

template <int kPlanes>
void Launch(const TokenProducts& products, const TokenWork& work, int rows, cudaStream_t stream) {
  int tiles = 0;
  for (int i = 0; i < products.count; ++i) {
    tiles += (products.product[i].matrix.rows + kSide - 1) / kSide;
  }
  const dim3 grid(static_cast<unsigned>((rows + kSide - 1) / kSide), static_cast<unsigned>(tiles));
  ThinKernel<kPlanes><<<grid, kWarps * 32, kSharedSize<kPlanes>, stream>>>(products, work, rows);
}

}  // namespace

cudaError_t PrepareThinProducts() {
  const cudaError_t error = cudaFuncSetAttribute(
      ThinKernel<1>, cudaFuncAttributeMaxDynamicSharedMemorySize, kSharedSize<1>);
  if (error != cudaSuccess) return error;
  return cudaFuncSetAttribute(ThinKernel<2>, cudaFuncAttributeMaxDynamicSharedMemorySize,
                              kSharedSize<2>);
}

void LaunchThinProducts(const TokenProducts& products, const TokenWork& work, int rows,
                        cudaStream_t stream) {
  if (products.product[0].matrix.planes == 2) {
    Launch<2>(products, work, rows, stream);
  } else {
    Launch<1>(products, work, rows, stream);
  }
}

}  // namespace lmz::cuda
