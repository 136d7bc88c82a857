// Products of matrices and planes over the whole GPU, on its tensor cores: 8-bit integers with
// exact sums of 32 bits.
#include "device/cuda/transformer/product_result.cuh"

namespace lmz::cuda {

cudaError_t PrepareThinProducts();
void LaunchThinProducts(const TokenProducts& products, const TokenWork& work, int rows,
                        cudaStream_t stream);
cudaError_t PrepareProducts();

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
// Tiles of kTall times 32 rows of the step and kBroad times 32 rows of a matrix; each warp has 32
// of each.
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

  // Where the pieces of a row that this thread copies begin.
  struct Copies {
    static constexpr int kCount = kStageRows * 4 / kThreads;
    static_assert(kStageRows * 4 % kThreads == 0);

    __device__ explicit Copies(const ProductTile& tile) {
#pragma unroll
      for (int i = 0; i < kCount; ++i) {
        const int piece = static_cast<int>(threadIdx.x) + i * kThreads;
        const int row = piece / 4, part = piece % 4 * 16;
        to[i] = tile.shared + static_cast<uint32_t>(row * kStride + part);
        from[i] = tile.RowAt(row) + part;
      }
    }
    __device__ void Start(int unit) const {
      const auto stage = static_cast<uint32_t>(unit % kStages * kStageSize);
#pragma unroll
      for (int i = 0; i < kCount; ++i) CopyAhead(to[i] + stage, from[i] + unit * kColumnUnit);
    }
    uint32_t to[kCount];
    const int8_t* from[kCount];
  };

  __device__ const int8_t* RowAt(int row) const {
    if (row >= kPlanes * kRows) {
      const int columns = WholeColumns(product.matrix.columns);
      return product.matrix.weights + int64_t{first_column + row - kPlanes * kRows} * columns;
    }
    return planes.bytes +
           (int64_t{first_row + row % kRows} * kPlanes + row / kRows) * planes.stride;
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
            MultiplyAdd(sums[p][m][n], a[0], a[1], a[2], a[3], b[n / 2][n % 2 * 2],
                        b[n / 2][n % 2 * 2 + 1]);
          }
        }
      }
    }
  }

  __device__ void Run(const TokenWork& work, int rows) const {
    int sums[kPlanes][2][4][4] = {};
    const Copies copies(*this);
    const int units = WholeColumns(product.matrix.columns) / kColumnUnit;
#pragma unroll
    for (int i = 0; i < kStages - 1; ++i) {
      if (i < units) copies.Start(i);
      CommitCopies();
    }
    for (int i = 0; i < units; ++i) {
      AwaitCopies<kStages - 2>();
      __syncthreads();
      if (i + kStages - 1 < units) copies.Start(i + kStages - 1);
      CommitCopies();
      Multiply(i, sums);
    }
    const int lane = static_cast<int>(threadIdx.x % 32), warp = static_cast<int>(threadIdx.x / 32);
    const int tall = first_row + warp / kBroad * 32 + lane / 4;
    const int broad = first_column + warp % kBroad * 32 + lane % 4 * 2;
#pragma unroll
    for (int half = 0; half < 4; ++half) {
      const int m = half / 2, at = half % 2 * 2, row = tall + half * 8;
      if (row >= rows) continue;
      const ResultRow<kPlanes> result(product, work, row);
#pragma unroll
      for (int n = 0; n < 4; ++n) {
#pragma unroll
        for (int i = 0; i < 2; ++i) {
          const int column = broad + n * 8 + i;
          if (column >= product.matrix.rows) continue;
          result.Put(column, sums[0][m][n][at + i], sums[kPlanes - 1][m][n][at + i]);
        }
      }
    }
  }
};

template <int kPlanes, int kTall, int kBroad>
__global__ void __launch_bounds__(kTall* kBroad * 32)
    ProductKernel(const __grid_constant__ TokenProducts products,
                  const __grid_constant__ TokenWork work, int rows) {
  using Tile = ProductTile<kPlanes, kTall, kBroad>;
  extern __shared__ __align__(128) char shared[];
  int column = static_cast<int>(blockIdx.y);
  const TokenProduct& product = ProductOf(products, Tile::kColumns, column);
  const Tile tile = {product, work.planes[kPlanes - 1], static_cast<int>(blockIdx.x) * Tile::kRows,
                     column * Tile::kColumns, SharedAddress(shared)};
  tile.Run(work, rows);
}

template <int kPlanes, int kTall, int kBroad>
cudaError_t Prepare() {
  return cudaFuncSetAttribute(ProductKernel<kPlanes, kTall, kBroad>,
                              cudaFuncAttributeMaxDynamicSharedMemorySize,
                              ProductTile<kPlanes, kTall, kBroad>::kSharedSize);
}

template <int kPlanes, int kTall, int kBroad>
void Launch(const TokenProducts& products, const TokenWork& work, int rows, int tiles,
            cudaStream_t stream) {
  using Tile = ProductTile<kPlanes, kTall, kBroad>;
  const dim3 grid(static_cast<unsigned>((rows + Tile::kRows - 1) / Tile::kRows),
                  static_cast<unsigned>(tiles));
  ProductKernel<kPlanes, kTall, kBroad>
      <<<grid, Tile::kThreads, Tile::kSharedSize, stream>>>(products, work, rows);
}

// From so many large tiles on they are quicker: two for each multiprocessor of a large GPU.
constexpr int kManyTiles = 256;

}  // namespace

cudaError_t PrepareProducts() {
  cudaError_t error = Prepare<1, 4, 2>();
  if (error == cudaSuccess) error = Prepare<2, 4, 2>();
  return error == cudaSuccess ? PrepareThinProducts() : error;
}

void LaunchProducts(const TokenProducts& products, const TokenWork& work, int rows,
                    cudaStream_t stream) {
  using Tile = ProductTile<1, 4, 2>;
  int tiles = 0;
  for (int i = 0; i < products.count; ++i) {
    tiles += (products.product[i].matrix.rows + Tile::kColumns - 1) / Tile::kColumns;
  }
  if (tiles * ((rows + Tile::kRows - 1) / Tile::kRows) < kManyTiles) {
    LaunchThinProducts(products, work, rows, stream);
  } else if (products.product[0].matrix.planes == 2) {
    Launch<2, 4, 2>(products, work, rows, tiles, stream);
  } else {
    Launch<1, 4, 2>(products, work, rows, tiles, stream);
  }
}

}  // namespace lmz::cuda
