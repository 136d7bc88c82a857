// The kernels of step_kernel.cu, each built with tables of its own.
#pragma once

#include "device/cuda/step_launch.h"

namespace lmz::cuda {

// Small tables that all threads of a warp read at the same place.
struct UniformTables {
  uint16_t root_seeds[256];
  uint16_t factors[256];
  uint16_t mantissas[128];
};

template <int kPairs>
cudaError_t PrepareKernels(const NetworkView& network, int shared_limit);
template <int kPairs>
cudaError_t LaunchKernel(const NetworkView& network, const TileList& tiles, int count,
                         TileShape shape, cudaStream_t stream);
template <int kPairs>
cudaError_t SetTables(const UniformTables& tables);

}  // namespace lmz::cuda
