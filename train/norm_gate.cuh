// The gated norm between recurrence and output projection, forward and backward: a warp per position.
#pragma once

#include "operations.h"
#include "row.cuh"

namespace lmz {

template <class T, int P>
__global__ void __launch_bounds__(kBlockThreads) NormGateKernel(NormGate a) {
  const int width = a.width;
  const int64_t count = int64_t{a.batch.rows} * a.batch.steps;
  const int64_t stride = int64_t{gridDim.x} * kBlockWarps;
  const Row<P> weight = LoadRow<P>(a.weight, width);
  for (int64_t position = int64_t{blockIdx.x} * kBlockWarps + WarpOfBlock(); position < count;
       position += stride) {
    const Row<P> state = LoadRow<P>(static_cast<const T*>(a.state) + position * width, width);
    const Row<P> gate = LoadRow<P>(static_cast<const T*>(a.gate) + position * width, width);
    const float scale = InverseRms(state, width, kNormEpsilon);
    StoreRow(static_cast<T*>(a.out) + position * width, width, MapRow<P>([&](int i) {
               return state.pair[i] * scale * weight.pair[i] * gate.pair[i] *
                      Sigmoid(gate.pair[i]);
             }));
  }
}

template <class T, int P>
__global__ void __launch_bounds__(kBlockThreads) NormGateBackwardKernel(NormGateBackward a) {
  const int width = a.width;
  const int64_t count = int64_t{a.batch.rows} * a.batch.steps;
  const int64_t stride = int64_t{a.blocks} * kBlockWarps;
  const Row<P> weight = LoadRow<P>(a.weight, width);
  Row<P> weight_sum{};
  for (int64_t position = int64_t{blockIdx.x} * kBlockWarps + WarpOfBlock(); position < count;
       position += stride) {
    const int64_t offset = position * width;
    const Row<P> state = LoadRow<P>(static_cast<const T*>(a.state) + offset, width);
    const Row<P> gate = LoadRow<P>(static_cast<const T*>(a.gate) + offset, width);
    const Row<P> gradient = LoadRow<P>(static_cast<const T*>(a.out_gradient) + offset, width);
    const float scale = InverseRms(state, width, kNormEpsilon);
    Row<P> weighted, gate_gradient;
#pragma unroll
    for (int i = 0; i < P; ++i) {
      const float2 sigmoid = Sigmoid(gate.pair[i]);
      const float2 silu = gate.pair[i] * sigmoid;
      const float2 normal = state.pair[i] * scale;
      const float2 slope = sigmoid + silu - silu * sigmoid;
      gate_gradient.pair[i] = gradient.pair[i] * normal * weight.pair[i] * slope;
      weight_sum.pair[i] += gradient.pair[i] * silu * normal;
      weighted.pair[i] = gradient.pair[i] * silu * weight.pair[i];
    }
    const float along = Dot(weighted, state) * scale * scale * scale / static_cast<float>(width);
    StoreRow(static_cast<T*>(a.gate_gradient) + offset, width, gate_gradient);
    StoreRow(static_cast<T*>(a.state_gradient) + offset, width, MapRow<P>([&](int i) {
               return weighted.pair[i] * scale - state.pair[i] * along;
             }));
  }
  StoreBlockSum(weight_sum, width, a.partials + int64_t{blockIdx.x} * width);
}

}  // namespace lmz
