// The phases of a step in which a warp has whole lanes, so that what a vector comes down to needs
// no barrier: a thread has the numbers 64 * p + 2 * lane_id and the next one of one lane.
#pragma once

#include "device/cuda/lane_memory.cuh"
#include "device/cuda/products.cuh"

namespace lmz::cuda {

// Vectors of at most 64 * kPairs numbers, kWarps warps.
template <int kTiles, int kPairs, int kWarps>
struct VectorPhases : LaneMemory<kTiles> {
  using Memory = LaneMemory<kTiles>;
  using Memory::Gate;
  using Memory::Hidden;
  using Memory::lane_id;
  using Memory::layout;
  using Memory::Logits;
  using Memory::net;
  using Memory::Previous;
  using Memory::Quantized;
  using Memory::Recurrent;
  using Memory::Residual;
  using Memory::Scales;
  using Memory::State;
  using Memory::tile;
  using Memory::warp;
  static constexpr int kHiddenPairs = kHiddenShare * kPairs;

  __device__ __forceinline__ explicit VectorPhases(const Memory& memory) : Memory(memory) {}

  // Begins the states of new lanes.
  __device__ __forceinline__ void Forget() const {
    const int words = net.layers * (net.state + net.width);
    for (int lane = warp; lane < tile.count; lane += kWarps) {
      if ((tile.fresh >> lane & 1) == 0) continue;
      auto* const state = reinterpret_cast<uint32_t*>(State(lane, 0));
      for (int i = lane_id; i < words; i += 32) state[i] = 0;
    }
  }

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

  static __device__ __forceinline__ int Low(uint32_t pair) {
    return static_cast<int16_t>(pair & 0xFFFF);
  }
  static __device__ __forceinline__ int High(uint32_t pair) { return static_cast<int>(pair) >> 16; }
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
      const auto largest = static_cast<int>(__reduce_max_sync(~0u, max(most & 0xFFFF, most >> 16)));
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

  // The residual stream's last norm, quantised.
  __device__ __forceinline__ void NormAndQuantize() const {
    uint32_t norm[kPairs];
    LoadPairs(net.final_norm, net.width, norm);
    for (int lane = warp; lane < tile.count; lane += kWarps) {
      int2 x[kPairs];
      LoadResidual(lane, x);
      int n[kPairs][2];
      Normalize(x, net.residual_epsilon, norm, n);
      Quantize(n, net.final_fraction, 0, lane);
    }
  }

  __device__ __forceinline__ void WriteOpinions(int time) const {
    const int64_t stride =
        tile.opinions_stride < 0 ? int64_t{256} * tile.stride : tile.opinions_stride;
    for (int lane = warp; lane < tile.count; lane += kWarps) {
      ByteWeights(lane, tile.opinions + time * stride + lane * 256);
    }
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
};

}  // namespace lmz::cuda
