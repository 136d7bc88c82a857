// A step of a gated linear recurrent network for up to 32 lanes on one multiprocessor. Lanes know
// nothing of each other, so a block of threads does whole steps, many if their bytes are known,
// without waiting for others.
//
// Two kinds of phases take turns, with a barrier between them. In products each warp has 16 rows of
// a matrix for all lanes: the weights come straight from the second-level cache in the order of the
// tensor cores' registers, each once per block; the quantised vectors lie in shared memory. What
// works on sums alone follows in registers. In vector phases each warp has whole lanes, so that
// what a vector comes down to needs no barrier.
#pragma once

#include "device/cuda/products.cuh"
#include "device/cuda/step_launch.h"

namespace lmz::cuda {

// kTiles times 8 lanes, vectors of at most 64 * kPairs numbers, kWarps warps.
template <int kTiles, int kPairs, int kWarps>
struct Step {
  static constexpr int kLanes = 8 * kTiles;
  static constexpr int kHiddenPairs = kHiddenShare * kPairs;
  static constexpr int kAhead = kTiles >= 4 ? 2 : 4;  // units of weights that are on their way

  const NetworkView& net;
  const Tile& tile;
  const SharedLayout layout;
  char* const shared;
  const int warp = static_cast<int>(threadIdx.x) / 32;
  const int lane_id = static_cast<int>(threadIdx.x) % 32;
  const int row_id = lane_id / 4;       // of a product's sums
  const int pair_id = lane_id % 4 * 2;  // the first of two lanes of a product's sums

  __device__ __forceinline__ Step(const NetworkView& network, const Tile& of, char* memory)
      : net(network), tile(of), layout(network, kLanes), shared(memory) {}

  // --- Where things are ---

  __device__ __forceinline__ int32_t* Residual(int lane) const {
    return reinterpret_cast<int32_t*>(shared) + lane * layout.residual;
  }
  // Of the quantised vectors 0 .. 2.
  __device__ __forceinline__ char* Quantized(int slot, int lane) const {
    return shared + layout.quantized_at + (slot * kLanes + lane) * layout.quantized;
  }
  __device__ __forceinline__ int16_t* Gate(int lane) const {
    return reinterpret_cast<int16_t*>(shared + layout.gate_at) + lane * layout.gate;
  }
  __device__ __forceinline__ char* Hidden(int lane) const {
    return shared + layout.more_at + lane * layout.hidden;
  }
  __device__ __forceinline__ int32_t* Logits(int lane) const {
    return reinterpret_cast<int32_t*>(shared + layout.more_at) + lane * layout.logits;
  }
  __device__ __forceinline__ int32_t* Scales(int slot) const {
    return reinterpret_cast<int32_t*>(shared + layout.scales_at) + slot * kLanes;
  }
  __device__ __forceinline__ int* JobCounter() const {
    return reinterpret_cast<int*>(shared + layout.scales_at + 3 * kLanes * 4);
  }
  __device__ __forceinline__ char* State(int lane, int layer) const {
    const int64_t of_layer = 4 * net.state + 4 * net.width;
    return tile.states + lane * (net.layers * of_layer) + layer * of_layer;
  }
  __device__ __forceinline__ int32_t* Recurrent(int lane, int layer) const {
    return reinterpret_cast<int32_t*>(State(lane, layer));
  }
  __device__ __forceinline__ uint32_t* Previous(int which, int lane, int layer) const {
    return reinterpret_cast<uint32_t*>(State(lane, layer) + 4 * net.state + which * 2 * net.width);
  }

  // --- Vectors: a warp has the numbers 64 * p + 2 * lane_id and the next one of one lane ---

  static __device__ __forceinline__ int Low(uint32_t pair) {
    return static_cast<int16_t>(pair & 0xFFFF);
  }
  static __device__ __forceinline__ int High(uint32_t pair) {
    return static_cast<int>(pair) >> 16;
  }
  static __device__ __forceinline__ uint32_t Pair(int low, int high) {
    return __byte_perm(static_cast<uint32_t>(low), static_cast<uint32_t>(high), 0x5410);
  }
  __device__ __forceinline__ int At(int p) const { return 64 * p + 2 * lane_id; }

  // The weights of a norm or a mix.
  __device__ __forceinline__ void LoadPairs(const int16_t* from, int size,
                                            uint32_t (&pairs)[kPairs]) const {
#pragma unroll
    for (int p = 0; p < kPairs; ++p) {
      pairs[p] = At(p) < size ? __ldg(reinterpret_cast<const uint32_t*>(from + At(p))) : 0;
    }
  }

  // Spec 3.1. `x` are numbers of a lane, zero behind the last.
  __device__ __forceinline__ void Normalize(const int2 (&x)[kPairs], uint64_t epsilon,
                                            const uint32_t (&weights)[kPairs],
                                            int (&out)[kPairs][2]) const {
    uint32_t largest = 0;
#pragma unroll
    for (int p = 0; p < kPairs; ++p) {
      largest = max(largest, static_cast<uint32_t>(max(abs(x[p].x), abs(x[p].y))));
    }
    largest = __reduce_max_sync(~0u, largest);
    const int drop = max(BitLength(largest) - 15, 0);
    uint32_t low = 0, high = 0;
#pragma unroll
    for (int p = 0; p < kPairs; ++p) {
      out[p][0] = Clamp(RoundShift(x[p].x, drop), kInt16Limit);
      out[p][1] = Clamp(RoundShift(x[p].y, drop), kInt16Limit);
#pragma unroll
      for (int i = 0; i < 2; ++i) {
        const auto square = static_cast<uint32_t>(out[p][i] * out[p][i]);
        low += square & 0xFFFF;
        high += square >> 16;
      }
    }
    low = __reduce_add_sync(~0u, low);
    high = __reduce_add_sync(~0u, high);
    const InverseRoot inverse((static_cast<uint64_t>(high) << 16) + low + (epsilon >> (2 * drop)));
#pragma unroll
    for (int p = 0; p < kPairs; ++p) {
      const int32_t a = Clamp(RoundShift(out[p][0] * inverse.root, inverse.shift), kInt16Limit);
      const int32_t b = Clamp(RoundShift(out[p][1] * inverse.root, inverse.shift), kInt16Limit);
      out[p][0] = MulQ15(a, Low(weights[p]));
      out[p][1] = MulQ15(b, High(weights[p]));
    }
  }

  __device__ __forceinline__ void LoadResidual(int lane, int2 (&x)[kPairs]) const {
#pragma unroll
    for (int p = 0; p < kPairs; ++p) {
      x[p] = At(p) < net.width ? *reinterpret_cast<const int2*>(Residual(lane) + At(p))
                               : make_int2(0, 0);
    }
  }

  // Spec 3.2 of numbers of 16 bits, zero behind the last; writes as many as there is room for.
  __device__ __forceinline__ void Quantize(const int (&a)[kPairs][2], int fraction, int slot,
                                           int lane) const {
    int largest = 0;
#pragma unroll
    for (int p = 0; p < kPairs; ++p) largest = max(largest, max(abs(a[p][0]), abs(a[p][1])));
    largest = static_cast<int>(__reduce_max_sync(~0u, static_cast<uint32_t>(largest)));
    const Quantizer by(largest);
    char* const to = Quantized(slot, lane);
#pragma unroll
    for (int p = 0; p < kPairs; ++p) {
      if (At(p) >= layout.quantized) continue;
      const int low = MulQ15(a[p][0] << by.shift, by.factor);
      const int high = MulQ15(a[p][1] << by.shift, by.factor);
      *reinterpret_cast<uint16_t*>(to + At(p)) =
          static_cast<uint16_t>((low & 0xFF) | (high & 0xFF) << 8);
    }
    if (lane_id == 0) Scales(slot)[lane] = PackScale(by.mantissa(), by.exponent() + fraction);
  }

  // Spec 3.4 and 3.2.
  __device__ __forceinline__ void ShiftQuantize(const int (&now)[kPairs][2],
                                                const uint32_t (&before)[kPairs],
                                                const uint32_t (&mix)[kPairs], int fraction,
                                                int slot, int lane) const {
    int moved[kPairs][2];
#pragma unroll
    for (int p = 0; p < kPairs; ++p) {
      const int low = (Low(before[p]) - now[p][0]) * Low(mix[p]);
      const int high = (High(before[p]) - now[p][1]) * High(mix[p]);
      moved[p][0] = Clamp(now[p][0] + RoundShift(low, 14), kInt16Limit);
      moved[p][1] = Clamp(now[p][1] + RoundShift(high, 14), kInt16Limit);
    }
    Quantize(moved, fraction, slot, lane);
  }

  // A norm of the residual stream, then kMixes mixes with what it was a step ago.
  template <int kMixes>
  __device__ __forceinline__ void NormAndMix(int layer, int64_t norm_at, int fraction,
                                             const int64_t* mix_at, int which) const {
    const char* const data = net.layer_data + layer * net.layer_size;
    uint32_t norm[kPairs], mix[kMixes][kPairs];
    LoadPairs(reinterpret_cast<const int16_t*>(data + norm_at), net.width, norm);
#pragma unroll
    for (int k = 0; k < kMixes; ++k) {
      LoadPairs(reinterpret_cast<const int16_t*>(data + mix_at[k]), net.width, mix[k]);
    }
    uint32_t next[kPairs];
    if (warp < tile.count) LoadPrevious(which, warp, layer, next);
    for (int lane = warp; lane < tile.count; lane += kWarps) {
      uint32_t before[kPairs];
#pragma unroll
      for (int p = 0; p < kPairs; ++p) before[p] = next[p];
      if (lane + kWarps < tile.count) LoadPrevious(which, lane + kWarps, layer, next);
      PrefetchState(which, lane, layer);
      int2 x[kPairs];
      LoadResidual(lane, x);
      int now[kPairs][2];
      Normalize(x, net.residual_epsilon, norm, now);
#pragma unroll
      for (int k = 0; k < kMixes; ++k) ShiftQuantize(now, before, mix[k], fraction, k, lane);
      uint32_t* const previous = Previous(which, lane, layer);
#pragma unroll
      for (int p = 0; p < kPairs; ++p) {
        if (At(p) < net.width) previous[At(p) / 2] = Pair(now[p][0], now[p][1]);
      }
    }
  }

  __device__ __forceinline__ void LoadPrevious(int which, int lane, int layer,
                                               uint32_t (&pairs)[kPairs]) const {
    const uint32_t* const previous = Previous(which, lane, layer);
#pragma unroll
    for (int p = 0; p < kPairs; ++p) pairs[p] = At(p) < net.width ? previous[At(p) / 2] : 0;
  }

  // Asks for what the lane's state is needed for next: in the first half of a layer its recurrence
  // and the vector before of the second half, in the second half that of the next layer.
  __device__ __forceinline__ void PrefetchState(int which, int lane, int layer) const {
    const int at = 128 * lane_id;
    if (which == 0) {
      if (at < 4 * net.state) Prefetch(State(lane, layer) + at);
      if (at < 2 * net.width) {
        Prefetch(reinterpret_cast<const char*>(Previous(1, lane, layer)) + at);
      }
    } else if (at < 2 * net.width) {
      const int next = layer + 1 < net.layers ? layer + 1 : 0;
      Prefetch(reinterpret_cast<const char*>(Previous(0, lane, next)) + at);
    }
  }

  // Norm(h) * Silu(gate), quantised.
  __device__ __forceinline__ void GateAndQuantize(int layer) const {
    const char* const data = net.layer_data + layer * net.layer_size;
    uint32_t norm[kPairs];
    LoadPairs(reinterpret_cast<const int16_t*>(data + net.at.state_norm), net.state, norm);
    const int fraction = net.fraction[layer][NetworkView::kState] + 10;
    int2 next[kPairs];
    if (warp < tile.count) LoadRecurrent(warp, layer, next);
    for (int lane = warp; lane < tile.count; lane += kWarps) {
      int2 h[kPairs];
#pragma unroll
      for (int p = 0; p < kPairs; ++p) h[p] = next[p];
      if (lane + kWarps < tile.count) LoadRecurrent(lane + kWarps, layer, next);
      int n[kPairs][2];
      Normalize(h, net.state_epsilon, norm, n);
      int largest = 0;
#pragma unroll
      for (int p = 0; p < kPairs; ++p) {
        const uint32_t g =
            At(p) < net.state ? *reinterpret_cast<const uint32_t*>(Gate(lane) + At(p)) : 0;
        n[p][0] *= Low(g);
        n[p][1] *= High(g);
        largest = max(largest, max(abs(n[p][0]), abs(n[p][1])));
      }
      largest = static_cast<int>(__reduce_max_sync(~0u, static_cast<uint32_t>(largest)));
      const Quantizer by(largest);
      const int left = max(by.shift, 0), right = max(-by.shift, 0);
      char* const to = Quantized(0, lane);
#pragma unroll
      for (int p = 0; p < kPairs; ++p) {
        if (At(p) >= layout.quantized) continue;
        const int low = RoundShift(((n[p][0] >> right) << left) * by.factor, 15);
        const int high = RoundShift(((n[p][1] >> right) << left) * by.factor, 15);
        *reinterpret_cast<uint16_t*>(to + At(p)) =
            static_cast<uint16_t>((low & 0xFF) | (high & 0xFF) << 8);
      }
      if (lane_id == 0) Scales(0)[lane] = PackScale(by.mantissa(), by.exponent() + fraction);
    }
  }

  __device__ __forceinline__ void LoadRecurrent(int lane, int layer, int2 (&h)[kPairs]) const {
    const int32_t* const from = Recurrent(lane, layer);
#pragma unroll
    for (int p = 0; p < kPairs; ++p) {
      h[p] = At(p) < net.state ? *reinterpret_cast<const int2*>(from + At(p)) : make_int2(0, 0);
    }
  }

  // Spec 3.7 of numbers of 16 bits, in their place.
  __device__ __forceinline__ void SquareQuantize(int layer) const {
    for (int lane = warp; lane < tile.count; lane += kWarps) {
      char* const row = Hidden(lane);
      uint32_t y[kHiddenPairs];
      uint32_t most = 0;
#pragma unroll
      for (int p = 0; p < kHiddenPairs; ++p) {
        y[p] = At(p) < net.hidden ? *reinterpret_cast<const uint32_t*>(row + 2 * At(p)) : 0;
        most = __vmaxu2(most, y[p]);
      }
      __syncwarp();  // all have read what is overwritten
      const auto largest =
          static_cast<int>(__reduce_max_sync(~0u, max(most & 0xFFFF, most >> 16)));
      const int root_shift = Quantizer(largest).shift;
      const int32_t top = max(largest, 1) << root_shift;
      const Quantizer by(MulQ15(top, top));
#pragma unroll
      for (int p = 0; p < kHiddenPairs; ++p) {
        if (At(p) >= net.hidden) break;
        const int32_t low = static_cast<int32_t>(y[p] & 0xFFFF) << root_shift;
        const int32_t high = static_cast<int32_t>(y[p] >> 16) << root_shift;
        const int q_low = MulQ15(MulQ15(low, low) << by.shift, by.factor);
        const int q_high = MulQ15(MulQ15(high, high) << by.shift, by.factor);
        *reinterpret_cast<uint16_t*>(row + At(p)) = static_cast<uint16_t>(q_low | q_high << 8);
      }
      if (lane_id == 0) {
        const int32_t scale = Scales(0)[lane];
        const int32_t unit = (MantissaOf(scale) * MantissaOf(scale)) >> 14;
        const int32_t exponent = net.base[layer][NetworkView::kUp] + ExponentOf(scale);
        Scales(0)[lane] = PackScale((by.mantissa() * unit) >> 14,
                                    by.exponent() + 2 * root_shift - 43 + 2 * exponent);
      }
    }
  }

  // --- Products ---

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
          before[n][i] =
              lane < tile.count ? Recurrent(lane, layer)[first_row + i / 2 * 8] : 0;
        }
      }
#pragma unroll
      for (int n = 0; n < kTogether; ++n) {
        const int2 scales =
            *reinterpret_cast<const int2*>(Scales(1) + 8 * (begin + n) + pair_id);
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
          const int32_t after =
              before[n][i] + RoundShift(difference * (u[n][i] >> 8) + low, 8);
          if (lane < tile.count) Recurrent(lane, layer)[first_row + i / 2 * 8] = after;
        }
      }
    }
  }

  // Spec 3.6 for 16 rows.
  __device__ __forceinline__ void Silu(const MatrixView& gate, int tile_index) const {
    int sums[1][kTiles][4];
    Multiply<1>(gate, tile_index, Quantized(2, 0), layout.quantized, sums);
    ForEachSum(gate, tile_index, 2, sums[0],
               [&](int row, int lane, int32_t sum, int32_t row_scale, int32_t s) {
                 const int32_t g = Clamp(ScaledSum(sum, gate.sum_shift, RowScale(row_scale, s),
                                                   ShiftTo(gate.base, s, 10)),
                                         kInt16Limit);
                 const int32_t z = Clamp(RoundShift(g, 2), kGateLimit);
                 Gate(lane)[row] =
                     static_cast<int16_t>(RoundShift(g * Sigmoid(net.sigmoid_below, z), 16));
               });
  }

  // Value, forget gate and gate: whoever is free takes the next 16 rows, the long jobs first.
  __device__ __forceinline__ void Project(int layer) const {
    const MatrixView value =
        View(layer, NetworkView::kValue, net.at.value, net.state, net.width);
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

  __device__ __forceinline__ void Up(int layer) const {
    const MatrixView up = View(layer, NetworkView::kUp, net.at.up, net.hidden, net.width);
    Product(up, net.hidden, Quantized(0, 0), layout.quantized,
            [&](int row, int lane, int32_t sum, int32_t row_scale, int32_t) {
              const int32_t narrow = Clamp(RoundShift(sum, up.sum_shift), kInt16Limit);
              reinterpret_cast<int16_t*>(Hidden(lane))[row] =
                  static_cast<int16_t>(max(MulQ15(narrow, row_scale), 0));
            });
  }

  // --- A step ---

  __device__ __forceinline__ void Embed(int time) const {
    for (int lane = warp; lane < tile.count; lane += kWarps) {
      const int byte = tile.last_bytes[int64_t{time} * tile.stride + lane];
      const int16_t* const row = net.embedding + byte * net.width;
      for (int i = 2 * lane_id; i < net.width; i += 64) {
        const uint32_t pair = __ldg(reinterpret_cast<const uint32_t*>(row + i));
        *reinterpret_cast<int2*>(Residual(lane) + i) = make_int2(Low(pair), High(pair));
      }
    }
  }

  __device__ __forceinline__ void Layer(int layer) const {
    NormAndMix<3>(layer, net.at.input_norm, net.fraction[layer][NetworkView::kInput], net.at.mix,
                  0);
    if (threadIdx.x == 0) *JobCounter() = 0;
    __syncthreads();
    Project(layer);
    __syncthreads();
    GateAndQuantize(layer);
    __syncthreads();
    AddProduct(View(layer, NetworkView::kOutput, net.at.output, net.width, net.state),
               Quantized(0, 0), layout.quantized);
    __syncthreads();
    NormAndMix<1>(layer, net.at.hidden_norm, net.fraction[layer][NetworkView::kHidden],
                  &net.at.hidden_mix, 1);
    __syncthreads();
    Up(layer);
    __syncthreads();
    SquareQuantize(layer);
    __syncthreads();
    AddProduct(View(layer, NetworkView::kDown, net.at.down, net.width, net.hidden), Hidden(0),
               layout.hidden);
    __syncthreads();
  }

  __device__ __forceinline__ void Head(int time) const {
    uint32_t norm[kPairs];
    LoadPairs(net.final_norm, net.width, norm);
    for (int lane = warp; lane < tile.count; lane += kWarps) {
      int2 x[kPairs];
      LoadResidual(lane, x);
      int n[kPairs][2];
      Normalize(x, net.residual_epsilon, norm, n);
      Quantize(n, net.final_fraction, 0, lane);
    }
    __syncthreads();
    const MatrixView head(net.head, 256, net.width, net.head_base, net.head_shift);
    Product(head, 256, Quantized(0, 0), layout.quantized,
            [&](int row, int lane, int32_t sum, int32_t row_scale, int32_t s) {
              Logits(lane)[row] = ScaledSum(sum, head.sum_shift, RowScale(row_scale, s),
                                            ShiftTo(head.base, s, 10)) +
                                  __ldg(net.head_bias + row);
            });
    __syncthreads();
    const int64_t stride =
        tile.opinions_stride < 0 ? int64_t{256} * tile.stride : tile.opinions_stride;
    for (int lane = warp; lane < tile.count; lane += kWarps) {
      ByteWeights(lane, tile.opinions + time * stride + lane * 256);
    }
    __syncthreads();
  }

  // Spec 3.9.
  __device__ __forceinline__ void ByteWeights(int lane, uint32_t* out) const {
    int4 l[2];
    int largest = INT32_MIN;
#pragma unroll
    for (int half = 0; half < 2; ++half) {
      l[half] = *reinterpret_cast<const int4*>(Logits(lane) + 128 * half + 4 * lane_id);
      largest = max(largest, max(max(l[half].x, l[half].y), max(l[half].z, l[half].w)));
    }
    largest = __reduce_max_sync(~0u, largest);
    const auto weight = [&](int32_t logit) {
      const auto below = static_cast<uint32_t>(largest - logit);
      return max(__ldg(net.exp2 + (below & 1023)) >> min(below >> 10, 31u), 1u);
    };
#pragma unroll
    for (int half = 0; half < 2; ++half) {
      *reinterpret_cast<uint4*>(out + 128 * half + 4 * lane_id) =
          make_uint4(weight(l[half].x), weight(l[half].y), weight(l[half].z), weight(l[half].w));
    }
  }

  __device__ __forceinline__ void Forget() const {
    if (tile.fresh == 0) return;
    const auto words = static_cast<int>(StateWords());
    for (int lane = warp; lane < tile.count; lane += kWarps) {
      if ((tile.fresh >> lane & 1) == 0) continue;
      auto* const state = reinterpret_cast<uint32_t*>(State(lane, 0));
      for (int i = lane_id; i < words; i += 32) state[i] = 0;
    }
    __syncthreads();
  }
  __device__ __forceinline__ int StateWords() const {
    return net.layers * (net.state + net.width);
  }

  __device__ __forceinline__ void Run() const {
    Forget();
    for (int time = 0; time < tile.times; ++time) {
      Embed(time);
      __syncthreads();
      for (int layer = 0; layer < net.layers; ++layer) Layer(layer);
      Head(time);
    }
    if (threadIdx.x == 0 && tile.done != nullptr) {
      __threadfence_system();
      *static_cast<volatile uint32_t*>(tile.done) = tile.ticket;
    }
  }
};

template <int kTiles, int kPairs, int kWarps>
__global__ void __launch_bounds__(kWarps * 32, kWarps == 8 && kTiles <= 2 ? 2 : 1)
    StepKernel(const __grid_constant__ NetworkView network, const __grid_constant__ TileList tiles) {
  extern __shared__ __align__(128) char shared[];
  Step<kTiles, kPairs, kWarps>(network, tiles.tile[blockIdx.x], shared).Run();
}

}  // namespace lmz::cuda
