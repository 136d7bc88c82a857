// A step of a gated linear recurrent network for up to 32 lanes on one multiprocessor. Lanes know
// nothing of each other, so a block of threads does whole steps, many if their bytes are known,
// without waiting for others. Phases of vectors and of products take turns, with a barrier between
// them.
#pragma once

#include "device/cuda/product_phases.cuh"
#include "device/cuda/vector_phases.cuh"

namespace lmz::cuda {

// kTiles times 8 lanes, vectors of at most 64 * kPairs numbers, kWarps warps.
template <int kTiles, int kPairs, int kWarps>
struct Step {
  const LaneMemory<kTiles> memory;
  const VectorPhases<kTiles, kPairs, kWarps> vectors;
  const ProductPhases<kTiles, kWarps> products;

  __device__ __forceinline__ Step(const NetworkView& network, const Tile& tile, char* shared)
      : memory(network, tile, shared), vectors(memory), products(memory) {}

  __device__ __forceinline__ void Layer(int layer) const {
    const NetworkView& net = memory.net;
    vectors.template NormAndMix<3>(layer, net.at.input_norm,
                                   net.fraction[layer][NetworkView::kInput], net.at.mix, 0);
    if (threadIdx.x == 0) *memory.JobCounter() = 0;
    __syncthreads();
    products.Project(layer);
    __syncthreads();
    vectors.GateAndQuantize(layer);
    __syncthreads();
    products.Output(layer);
    __syncthreads();
    vectors.template NormAndMix<1>(layer, net.at.hidden_norm,
                                   net.fraction[layer][NetworkView::kHidden], &net.at.hidden_mix,
                                   1);
    __syncthreads();
    products.Up(layer);
    __syncthreads();
    vectors.SquareQuantize(layer);
    __syncthreads();
    products.Down(layer);
    __syncthreads();
  }

  __device__ __forceinline__ void Head(int time) const {
    vectors.NormAndQuantize();
    __syncthreads();
    products.Head();
    __syncthreads();
    vectors.WriteOpinions(time);
    __syncthreads();
  }

  __device__ __forceinline__ void Run() const {
    const Tile& tile = memory.tile;
    if (tile.fresh != 0) {
      vectors.Forget();
      __syncthreads();
    }
    for (int time = 0; time < tile.times; ++time) {
      vectors.Embed(time);
      __syncthreads();
      for (int layer = 0; layer < memory.net.layers; ++layer) Layer(layer);
      Head(time);
    }
    if (threadIdx.x == 0 && tile.done != nullptr) {
      __threadfence_system();
      *static_cast<volatile uint32_t*>(tile.done) = tile.ticket;
    }
  }
};

template <int kTiles, int kPairs, int kWarps>
__global__ void __launch_bounds__(kWarps * 32, 2)
    StepKernel(const __grid_constant__ NetworkView network,
               const __grid_constant__ TileList tiles) {
  extern __shared__ __align__(128) char shared[];
  Step<kTiles, kPairs, kWarps>(network, tiles.tile[blockIdx.x], shared).Run();
}

}  // namespace lmz::cuda
