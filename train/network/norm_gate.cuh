// The gated norm between recurrence and output projection, forward and backward: a group per
// position.
#pragma once

#include "train/network/operations.h"
#include "train/network/row.cuh"

namespace lmz::train {

template <class T, class R>
__global__ void __launch_bounds__(kBlockThreads) NormGateKernel(NormGate a) {
  using Row = typename R::Row;
  const int width = a.width;
  const int64_t count = int64_t{a.batch.rows} * a.batch.steps;
  const int64_t stride = int64_t{gridDim.x} * R::kPerBlock;
  const Row weight = R::Load(a.weight, width);
  for (int64_t position = int64_t{blockIdx.x} * R::kPerBlock + R::OfBlock(); position < count;
       position += stride) {
    const Row state = R::Load(static_cast<const T*>(a.state) + position * width, width);
    const Row gate = R::Load(static_cast<const T*>(a.gate) + position * width, width);
    const float scale = R::InverseRms(state, width, kNormEpsilon);
    R::Store(static_cast<T*>(a.out) + position * width, width, R::Map([&](int i) {
               return state.pair[i] * scale * weight.pair[i] * gate.pair[i] * Sigmoid(gate.pair[i]);
             }));
  }
}

template <class T, class R>
__global__ void __launch_bounds__(kBlockThreads) NormGateBackwardKernel(NormGateBackward a) {
  using Row = typename R::Row;
  const int width = a.width;
  const int64_t count = int64_t{a.batch.rows} * a.batch.steps;
  const int64_t stride = int64_t{a.blocks} * R::kPerBlock;
  const Row weight = R::Load(a.weight, width);
  Row weight_sum{};
  for (int64_t position = int64_t{blockIdx.x} * R::kPerBlock + R::OfBlock(); position < count;
       position += stride) {
    const int64_t offset = position * width;
    const Row state = R::Load(static_cast<const T*>(a.state) + offset, width);
    const Row gate = R::Load(static_cast<const T*>(a.gate) + offset, width);
    const Row gradient = R::Load(static_cast<const T*>(a.out_gradient) + offset, width);
    const float scale = R::InverseRms(state, width, kNormEpsilon);
    Row weighted, gate_gradient;
#pragma unroll
    for (int i = 0; i < R::kRowPairs; ++i) {
      const float2 sigmoid = Sigmoid(gate.pair[i]);
      const float2 silu = gate.pair[i] * sigmoid;
      const float2 normal = state.pair[i] * scale;
      const float2 slope = sigmoid + silu - silu * sigmoid;
      gate_gradient.pair[i] = gradient.pair[i] * normal * weight.pair[i] * slope;
      weight_sum.pair[i] += gradient.pair[i] * silu * normal;
      weighted.pair[i] = gradient.pair[i] * silu * weight.pair[i];
    }
    const float along = R::Dot(weighted, state) * scale * scale * scale / static_cast<float>(width);
    R::Store(static_cast<T*>(a.gate_gradient) + offset, width, gate_gradient);
    R::Store(static_cast<T*>(a.state_gradient) + offset, width,
             R::Map([&](int i) { return weighted.pair[i] * scale - state.pair[i] * along; }));
  }
  R::StoreBlockSum(weight_sum, width, a.partials + int64_t{blockIdx.x} * width);
}

}  // namespace lmz::train
