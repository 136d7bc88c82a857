#include "device/cuda/step_launch.h"

#include <algorithm>
#include <array>

#include "device/cuda/step_kernels.h"

namespace lmz::cuda {

namespace {

// For vectors of up to 64 times as many numbers; a CMake list has the same.
constexpr std::array kKnownPairs = {1, 2, 3, 5};

// Calls use.operator()<pairs>() for the least that is enough.
template <class Use>
cudaError_t WithPairs(const NetworkView& network, const Use& use) {
  const int pairs = (std::max(network.width, network.state) + 63) / 64;
  if (pairs <= 1) return use.template operator()<1>();
  if (pairs <= 2) return use.template operator()<2>();
  if (pairs <= 3) return use.template operator()<3>();
  return use.template operator()<5>();
}

}  // namespace

bool IsKnownShape(const NetworkView& network) {
  const int widest = std::max(network.width, network.state);
  const auto pairs = std::find_if(kKnownPairs.begin(), kKnownPairs.end(),
                                  [&](int known) { return widest <= 64 * known; });
  return pairs != kKnownPairs.end() && network.hidden <= 64 * kHiddenShare * *pairs &&
         network.layers <= kMaxLayers;
}

cudaError_t PrepareStep(const NetworkView& network, int shared_limit) {
  return WithPairs(network,
                   [&]<int kPairs>() { return PrepareKernels<kPairs>(network, shared_limit); });
}

cudaError_t LaunchStep(const NetworkView& network, const TileList& tiles, int count,
                       TileShape shape, cudaStream_t stream) {
  return WithPairs(network, [&]<int kPairs>() {
    return LaunchKernel<kPairs>(network, tiles, count, shape, stream);
  });
}

cudaError_t SetUniformTables(const uint16_t* root_seeds, const uint8_t* factors,
                             const int32_t* mantissas) {
  UniformTables tables = {};
  std::copy_n(root_seeds, 256, tables.root_seeds);
  std::copy_n(factors, 256, tables.factors);
  std::transform(mantissas, mantissas + 128, tables.mantissas,
                 [](int32_t m) { return static_cast<uint16_t>(m); });
  cudaError_t error = SetTables<1>(tables);
  if (error == cudaSuccess) error = SetTables<2>(tables);
  if (error == cudaSuccess) error = SetTables<3>(tables);
  if (error == cudaSuccess) error = SetTables<5>(tables);
  return error;
}

}  // namespace lmz::cuda
