// The phases of a step in which each warp has 16 rows of a matrix for all lanes: the weights come
// straight from the second-level cache in the order of the tensor cores' registers, each once per
// block of threads; the quantised vectors lie in shared memory. What works on sums alone follows in
// registers.
#pragma once

#include "device/cuda/lane_memory.cuh"
#include "device/cuda/products.cuh"

namespace lmz::cuda {

template <int kTiles, int kWarps>
struct ProductPhases : LaneMemory<kTiles> {
  using Memory = LaneMemory<kTiles>;
  using Memory::Gate;
  using Memory::Hidden;
  using Memory::JobCounter;
  using Memory::lane_id;
  using Memory::layout;
  using Memory::Logits;
  using Memory::net;
  using Memory::Quantized;
  using Memory::Recurrent;
  using Memory::Residual;
  using Memory::Scales;
  using Memory::tile;
  using Memory::warp;
  static constexpr int kAhead = kTiles >= 4 ? 2 : 4;  // units of weights that are on their way

  const int row_id = lane_id / 4;       // of a product's sums
  const int pair_id = lane_id % 4 * 2;  // the first of two lanes of a product's sums

  __device__ __forceinline__ explicit ProductPhases(const Memory& memory) : Memory(memory) {}

  // The sums of 16 rows from `tile_index` on, and where kRows is 2 of 16 more, for all lanes.
  // `vectors` points at the first lane's quantised vector.
  template <int kRows>
  __device__ __forceinline__ void Multiply(const MatrixView& matrix, int tile_index,
                                           const char* vectors, int stride,
                                           int (&sums)[kRows][kTiles][4]) const {
    const int4* from[kRows];
#pragma unroll
    for (int r = 0; r < kRows; ++r) {
      from[r] = matrix.weights + (int64_t{tile_index} + r) * matrix.units * 32 + lane_id;
#pragma unroll
      for (int n = 0; n < kTiles; ++n) {
#pragma unroll
        for (int i = 0; i < 4; ++i) sums[r][n][i] = 0;
      }
    }
    // Each 8 threads give the addresses of 8 rows of 16 bytes: 8 lanes, their other half, the next.
    const int row = (lane_id & 7) + (kTiles > 1 ? lane_id / 16 * 8 : 0);
    auto address = static_cast<uint32_t>(
        __cvta_generic_to_shared(vectors + row * stride + (lane_id / 8 % 2) * 16));
    int4 weights[kAhead][kRows];
#pragma unroll
    for (int k = 0; k < kAhead; ++k) {
#pragma unroll
      for (int r = 0; r < kRows; ++r) {
        if (k < matrix.units) weights[k][r] = LoadWeights(from[r] + k * 32);
      }
    }
    for (int begin = 0; begin < matrix.units; begin += kAhead) {
#pragma unroll
      for (int k = 0; k < kAhead; ++k) {
        if (begin + k >= matrix.units) break;
        uint32_t b[kTiles][2];
        LoadVectors<kTiles>(address, stride, b);
        address += kUnit;
#pragma unroll
        for (int r = 0; r < kRows; ++r) {
#pragma unroll
          for (int n = 0; n < kTiles; ++n) {
            MultiplyAdd(sums[r][n], weights[k][r], b[n][0], b[n][1]);
          }
          if (begin + k + kAhead < matrix.units) {
            weights[k][r] = LoadWeights(from[r] + (begin + k + kAhead) * 32);
          }
        }
      }
    }
  }

  // Calls use(row, lane, sum, scale of the row, scale of the lane's vector) for each of the sums.
  template <class Sums, class Use>
  __device__ __forceinline__ void ForEachSum(const MatrixView& matrix, int tile_index, int slot,
                                             Sums& sums, const Use& use) const {
    const int row = 16 * tile_index + row_id;
    const int32_t row_scale[2] = {__ldg(matrix.row_scale + row), __ldg(matrix.row_scale + row + 8)};
#pragma unroll
    for (int n = 0; n < kTiles; ++n) {
      const int2 scales = *reinterpret_cast<const int2*>(Scales(slot) + 8 * n + pair_id);
#pragma unroll
      for (int i = 0; i < 4; ++i) {
        use(row + i / 2 * 8, 8 * n + pair_id + i % 2, sums[n][i], row_scale[i / 2],
            i % 2 == 0 ? scales.x : scales.y);
      }
    }
  }

  // All rows of `matrix` by the vectors in slot 0 at `vectors`; two times 16 at a time as long as
  // all warps have that much to do.
  template <class Use>
  __device__ __forceinline__ void Product(const MatrixView& matrix, int rows, const char* vectors,
                                          int stride, const Use& use) const {
    int begin = 0;
    const int end = rows / 16;
    for (; end - begin >= 2 * kWarps; begin += 2 * kWarps) {
      int sums[2][kTiles][4];
      Multiply<2>(matrix, begin + 2 * warp, vectors, stride, sums);
      ForEachSum(matrix, begin + 2 * warp, 0, sums[0], use);
      ForEachSum(matrix, begin + 2 * warp + 1, 0, sums[1], use);
    }
    for (int i = begin + warp; i < end; i += kWarps) {
      int sums[1][kTiles][4];
      Multiply<1>(matrix, i, vectors, stride, sums);
      ForEachSum(matrix, i, 0, sums[0], use);
    }
  }

  static __device__ __forceinline__ int32_t RowScale(int32_t row_scale, int32_t scale) {
    return MulQ15(row_scale, MantissaOf(scale));
  }
  static __device__ __forceinline__ int ShiftTo(int base, int32_t scale, int fraction,
                                                int least = 0) {
    return min(max(base + ExponentOf(scale) - fraction, least), 31);
  }

  __device__ __forceinline__ MatrixView View(int layer, NetworkView::Matrix which, int64_t at,
                                             int rows, int columns) const {
    return MatrixView(net.layer_data + layer * net.layer_size + at, rows, columns,
                      net.base[layer][which], net.sum_shift[layer][which]);
  }

  // Spec 3.5 for 16 rows of value and forget gate.
  __device__ __forceinline__ void UpdateState(int layer, const MatrixView& value,
                                              const MatrixView& forget, int tile_index) const {
    int v[1][kTiles][4], f[1][kTiles][4];
    Multiply<1>(value, tile_index, Quantized(0, 0), layout.quantized, v);
    // What comes of the first sums takes their place.
    ForEachSum(value, tile_index, 0, v[0], [&](int, int, int& sum, int32_t row, int32_t s) {
      sum = Clamp(ScaledSum(sum, value.sum_shift, RowScale(row, s), ShiftTo(value.base, s, 14)),
                  kStateLimit);
    });
    Multiply<1>(forget, tile_index, Quantized(1, 0), layout.quantized, f);
    const auto* const bias = reinterpret_cast<const int16_t*>(
        net.layer_data + layer * net.layer_size + net.at.forget_bias);
    const int first_row = 16 * tile_index + row_id;
    const int32_t biases[2] = {__ldg(bias + first_row), __ldg(bias + first_row + 8)};
    const int32_t row_scale[2] = {__ldg(forget.row_scale + first_row),
                                  __ldg(forget.row_scale + first_row + 8)};
    // Some loads at a time, before the stores that they might depend on.
    constexpr int kTogether = kTiles < 4 ? kTiles : 4;
#pragma unroll
    for (int begin = 0; begin < kTiles; begin += kTogether) {
      int32_t before[kTogether][4], u[kTogether][4];
#pragma unroll
      for (int n = 0; n < kTogether; ++n) {
#pragma unroll
        for (int i = 0; i < 4; ++i) {
          const int lane = 8 * (begin + n) + pair_id + i % 2;
          before[n][i] = lane < tile.count ? Recurrent(lane, layer)[first_row + i / 2 * 8] : 0;
        }
      }
#pragma unroll
      for (int n = 0; n < kTogether; ++n) {
        const int2 scales = *reinterpret_cast<const int2*>(Scales(1) + 8 * (begin + n) + pair_id);
#pragma unroll
        for (int i = 0; i < 4; ++i) {
          const int32_t s = i % 2 == 0 ? scales.x : scales.y;
          const int32_t z = ScaledSum(f[0][begin + n][i], forget.sum_shift,
                                      RowScale(row_scale[i / 2], s), ShiftTo(forget.base, s, 8));
          u[n][i] = Sigmoid(net.sigmoid_below, -Clamp(z + biases[i / 2], kGateLimit));
        }
      }
#pragma unroll
      for (int n = 0; n < kTogether; ++n) {
#pragma unroll
        for (int i = 0; i < 4; ++i) {
          const int lane = 8 * (begin + n) + pair_id + i % 2;
          const int32_t difference = v[0][begin + n][i] - before[n][i];
          const int32_t low = RoundShift(difference * (u[n][i] & 255), 8);
          const int32_t after = before[n][i] + RoundShift(difference * (u[n][i] >> 8) + low, 8);
          if (lane < tile.count) Recurrent(lane, layer)[first_row + i / 2 * 8] = after;
        }
      }
    }
  }

  // Spec 3.6 for 16 rows.
  __device__ __forceinline__ void Silu(const MatrixView& gate, int tile_index) const {
    int sums[1][kTiles][4];
    Multiply<1>(gate, tile_index, Quantized(2, 0), layout.quantized, sums);
    ForEachSum(
        gate, tile_index, 2, sums[0],
        [&](int row, int lane, int32_t sum, int32_t row_scale, int32_t s) {
          const int32_t g = Clamp(
              ScaledSum(sum, gate.sum_shift, RowScale(row_scale, s), ShiftTo(gate.base, s, 10)),
              kInt16Limit);
          const int32_t z = Clamp(RoundShift(g, 2), kGateLimit);
          Gate(lane)[row] = static_cast<int16_t>(RoundShift(g * Sigmoid(net.sigmoid_below, z), 16));
        });
  }

  // Value, forget gate and gate: whoever is free takes the next 16 rows, the long jobs first.
  __device__ __forceinline__ void Project(int layer) const {
    const MatrixView value = View(layer, NetworkView::kValue, net.at.value, net.state, net.width);
    const MatrixView forget =
        View(layer, NetworkView::kForget, net.at.forget, net.state, net.width);
    const MatrixView gate = View(layer, NetworkView::kGate, net.at.gate, net.state, net.width);
    const int tiles = net.state / 16;
    for (;;) {
      int job = 0;
      if (lane_id == 0) job = atomicAdd(JobCounter(), 1);
      job = __shfl_sync(~0u, job, 0);
      if (job >= 2 * tiles) return;
      if (job < tiles) {
        UpdateState(layer, value, forget, job);
      } else {
        Silu(gate, job - tiles);
      }
    }
  }

  // x += product (spec 3.8).
  __device__ __forceinline__ void AddProduct(const MatrixView& matrix, const char* vectors,
                                             int stride) const {
    Product(matrix, net.width, vectors, stride,
            [&](int row, int lane, int32_t sum, int32_t row_scale, int32_t s) {
              const int shift = ShiftTo(matrix.base, s, 8, -16);
              const int left = max(-shift, 0);
              const int32_t y =
                  ScaledSum(sum, matrix.sum_shift, RowScale(row_scale, s), shift + left);
              const int32_t added = Clamp(y, kResidualLimit >> left) << left;
              int32_t* const x = Residual(lane) + row;
              *x = Clamp(*x + added, kResidualLimit);
            });
  }

  __device__ __forceinline__ void Output(int layer) const {
    AddProduct(View(layer, NetworkView::kOutput, net.at.output, net.width, net.state),
               Quantized(0, 0), layout.quantized);
  }

  __device__ __forceinline__ void Up(int layer) const {
    const MatrixView up = View(layer, NetworkView::kUp, net.at.up, net.hidden, net.width);
    Product(up, net.hidden, Quantized(0, 0), layout.quantized,
            [&](int row, int lane, int32_t sum, int32_t row_scale, int32_t) {
              const int32_t narrow = Clamp(RoundShift(sum, up.sum_shift), kInt16Limit);
              reinterpret_cast<int16_t*>(Hidden(lane))[row] =
                  static_cast<int16_t>(max(MulQ15(narrow, row_scale), 0));
            });
  }

  __device__ __forceinline__ void Down(int layer) const {
    AddProduct(View(layer, NetworkView::kDown, net.at.down, net.width, net.hidden), Hidden(0),
               layout.hidden);
  }

  // The logits.
  __device__ __forceinline__ void Head() const {
    const MatrixView head(net.head, 256, net.width, net.head_base, net.head_shift);
    Product(head, 256, Quantized(0, 0), layout.quantized,
            [&](int row, int lane, int32_t sum, int32_t row_scale, int32_t s) {
              Logits(lane)[row] = ScaledSum(sum, head.sum_shift, RowScale(row_scale, s),
                                            ShiftTo(head.base, s, 10)) +
                                  __ldg(net.head_bias + row);
            });
  }
};

}  // namespace lmz::cuda
