// Kernels for vectors of at most 64 * LMZ_CUDA_PAIRS numbers; compiled once for each of
// kKnownPairs (step_launch.cc).
#include "device/cuda/step_kernel.cuh"
#include "device/cuda/step_kernels.h"

namespace lmz::cuda {

namespace {

using Kernel = void (*)(NetworkView, TileList);

Kernel KernelFor(const TileShape& shape) {
  switch (shape.lanes) {
    case 8:
      return StepKernel<1, LMZ_CUDA_PAIRS, 8>;
    case 16:
      return StepKernel<2, LMZ_CUDA_PAIRS, 8>;
    default:
      return StepKernel<4, LMZ_CUDA_PAIRS, 8>;
  }
}

}  // namespace

template <>
cudaError_t PrepareKernels<LMZ_CUDA_PAIRS>(const NetworkView& network, int shared_limit) {
  for (const TileShape shape : kTileShapes) {
    const auto size = static_cast<int>(SharedSize(network, shape.lanes));
    if (size > shared_limit) continue;
    const cudaError_t error = cudaFuncSetAttribute(
        KernelFor(shape), cudaFuncAttributeMaxDynamicSharedMemorySize, shared_limit);
    if (error != cudaSuccess) return error;
  }
  return cudaSuccess;
}

template <>
cudaError_t LaunchKernel<LMZ_CUDA_PAIRS>(const NetworkView& network, const TileList& tiles,
                                         int count, TileShape shape, cudaStream_t stream) {
  KernelFor(shape)<<<static_cast<unsigned>(count), static_cast<unsigned>(32 * shape.warps),
                     SharedSize(network, shape.lanes), stream>>>(network, tiles);
  return cudaGetLastError();
}

template <>
cudaError_t SetTables<LMZ_CUDA_PAIRS>(const UniformTables& tables) {
  return cudaMemcpyToSymbol(kUniformTables, &tables, sizeof tables);
}

}  // namespace lmz::cuda
