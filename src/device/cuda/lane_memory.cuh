// Where the lanes of a block of threads lie: what a step works on in shared memory, and their
// states in the GPU's memory.
#pragma once

#include "device/cuda/fixed_point.cuh"
#include "device/cuda/step_launch.h"

namespace lmz::cuda {

// kTiles times 8 lanes.
template <int kTiles>
struct LaneMemory {
  static constexpr int kLanes = 8 * kTiles;

  const NetworkView& net;
  const Tile& tile;
  const SharedLayout layout;
  char* const shared;
  const int warp = static_cast<int>(threadIdx.x) / 32;
  const int lane_id = static_cast<int>(threadIdx.x) % 32;

  __device__ __forceinline__ LaneMemory(const NetworkView& network, const Tile& of, char* memory)
      : net(network), tile(of), layout(network, kLanes), shared(memory) {}

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
};

}  // namespace lmz::cuda
