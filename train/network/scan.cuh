// The recurrence, forward and backward. A block of 8 warps covers 64 channels of one tile of time:
// every thread first folds its own steps into "end = product * start + sum", the block chains
// these, and then every thread walks its steps again from the right start. The data stays in
// registers, so memory is read and written once.
#pragma once

#include "train/network/element.cuh"
#include "train/network/operations.h"

namespace lmz::train {

constexpr int kScanWarps = 8;
constexpr int kScanBlocks = 4;  // at once on a multiprocessor: what the registers are divided by
constexpr int kScanSteps = 8;   // of one thread
constexpr int kScanTile = kScanWarps * kScanSteps;

// For one thread: its pair of channels and the links between the threads of a block.
struct ScanPlace {
  int row;
  int channel;
  bool active;

  __device__ ScanPlace(const BatchShape& batch, int width) {
    const int pairs = width / 2, lane = static_cast<int>(threadIdx.x) % kWarp;
    const int pair = static_cast<int>(blockIdx.x) * kWarp + lane;
    row = pair / pairs;
    channel = 2 * (pair % pairs);
    active = row < batch.rows;
  }
};

struct ScanLinks {
  float2 product[kScanWarps][kWarp];
  float2 sum[kScanWarps][kWarp];
};

// What enters `self`, and through `carry` what leaves the last thread, when the links are chained
// in ascending (kForward) or descending order.
template <bool kForward>
__device__ inline float2 Chain(ScanLinks& links, float2 product, float2 sum, float2& carry) {
  const int lane = static_cast<int>(threadIdx.x) % kWarp;
  const int self = static_cast<int>(threadIdx.x) / kWarp;
  links.product[self][lane] = product;
  links.sum[self][lane] = sum;
  __syncthreads();
  float2 enters = carry;
#pragma unroll
  for (int i = 0; i < kScanWarps; ++i) {
    const int warp = kForward ? i : kScanWarps - 1 - i;
    if (warp == self) enters = carry;
    carry = links.sum[warp][lane] + links.product[warp][lane] * carry;
  }
  __syncthreads();
  return enters;
}

template <class T>
__global__ void __launch_bounds__(kScanWarps* kWarp, kScanBlocks) ScanKernel(Scan a) {
  __shared__ ScanLinks links;
  const ScanPlace at(a.batch, a.width);
  const int width = a.width, warp = static_cast<int>(threadIdx.x) / kWarp;
  const T* value = static_cast<const T*>(a.value) + at.channel;
  const T* forget = static_cast<const T*>(a.forget) + at.channel;
  const float2 bias = LoadPair(a.bias + at.channel);
  float2 carry{};
  if (at.active) carry = LoadPair(a.start + int64_t{at.row} * width + at.channel);
  for (int tile = 0; tile < a.batch.steps; tile += kScanTile) {
    const int first = tile + warp * kScanSteps;
    const bool active = at.active && first < a.batch.steps;
    const int64_t base = (int64_t{at.row} * a.batch.steps + first) * width;
    PairOf<T> raw[kScanSteps], v[kScanSteps];
    float2 u[kScanSteps], product{1, 1}, sum{0, 0};
    if (active) {
#pragma unroll
      for (int i = 0; i < kScanSteps; ++i) {
        raw[i] = *reinterpret_cast<const PairOf<T>*>(forget + base + i * width);
        v[i] = *reinterpret_cast<const PairOf<T>*>(value + base + i * width);
      }
#pragma unroll
      for (int i = 0; i < kScanSteps; ++i) {
        u[i] = Sigmoid((ToFloats(raw[i]) + bias) * -1.0f);
        sum += u[i] * (ToFloats(v[i]) - sum);
        product = product - product * u[i];
      }
    }
    float2 state = Chain<true>(links, product, sum, carry);
    if (active) {
#pragma unroll
      for (int i = 0; i < kScanSteps; ++i) {
        state += u[i] * (ToFloats(v[i]) - state);
        StorePair(static_cast<T*>(a.state) + at.channel + base + i * width, state);
      }
    }
  }
  if (at.active && warp == 0) StorePair(a.end + int64_t{at.row} * width + at.channel, carry);
}

template <class T>
__global__ void __launch_bounds__(kScanWarps* kWarp, kScanBlocks)
    ScanBackwardKernel(ScanBackward a) {
  __shared__ ScanLinks links;
  const ScanPlace at(a.batch, a.width);
  const int width = a.width, warp = static_cast<int>(threadIdx.x) / kWarp;
  const T* value = static_cast<const T*>(a.value) + at.channel;
  const T* forget = static_cast<const T*>(a.forget) + at.channel;
  const T* states = static_cast<const T*>(a.state) + at.channel;
  const T* gradient = static_cast<const T*>(a.state_gradient) + at.channel;
  const float2 bias = LoadPair(a.bias + at.channel);
  float2 carry{0, 0}, bias_sum{0, 0};
  const int tiles = (a.batch.steps + kScanTile - 1) / kScanTile;
  for (int tile = tiles - 1; tile >= 0; --tile) {
    const int first = tile * kScanTile + warp * kScanSteps;
    const bool active = at.active && first < a.batch.steps;
    const int64_t base = (int64_t{at.row} * a.batch.steps + first) * width;
    // v and the states before are needed late, but asked for early.
    PairOf<T> raw[kScanSteps], g[kScanSteps], v[kScanSteps], before[kScanSteps];
    float2 u[kScanSteps], product{1, 1}, sum{0, 0};
    if (active) {
#pragma unroll
      for (int i = 0; i < kScanSteps; ++i) {
        raw[i] = *reinterpret_cast<const PairOf<T>*>(forget + base + i * width);
        g[i] = *reinterpret_cast<const PairOf<T>*>(gradient + base + i * width);
      }
#pragma unroll
      for (int i = 0; i < kScanSteps; ++i) {
        v[i] = *reinterpret_cast<const PairOf<T>*>(value + base + i * width);
        if (first + i > 0) {
          before[i] = *reinterpret_cast<const PairOf<T>*>(states + base + (i - 1) * width);
        }
      }
#pragma unroll
      for (int i = kScanSteps - 1; i >= 0; --i) {
        u[i] = Sigmoid((ToFloats(raw[i]) + bias) * -1.0f);
        sum += ToFloats(g[i]);
        sum = sum - sum * u[i];
        product = product - product * u[i];
      }
    }
    float2 later = Chain<false>(links, product, sum, carry);
    if (active) {
#pragma unroll
      for (int i = kScanSteps - 1; i >= 0; --i) {
        const float2 state = first + i == 0
                                 ? LoadPair(a.start + int64_t{at.row} * width + at.channel)
                                 : ToFloats(before[i]);
        const float2 total = ToFloats(g[i]) + later;
        const float2 keep = float2{1, 1} - u[i];
        const float2 dz = total * (state - ToFloats(v[i])) * u[i] * keep;
        bias_sum += dz;
        const int64_t out = at.channel + base + i * width;
        StorePair(static_cast<T*>(a.value_gradient) + out, total * u[i]);
        StorePair(static_cast<T*>(a.forget_gradient) + out, dz);
        later = total * keep;
      }
    }
  }
  float2 ignored{0, 0};
  Chain<true>(links, float2{1, 1}, bias_sum, ignored);
  if (at.active && warp == 0) {
    StorePair(a.partials + int64_t{at.row} * width + at.channel, ignored);
  }
}

}  // namespace lmz::train
