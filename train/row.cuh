// One row of a matrix spread over the lanes of a warp: lane l holds the pairs l, l + 32, ...
#pragma once

#include "element.cuh"

namespace lmz {

constexpr int kBlockWarps = 8;
constexpr int kBlockThreads = kBlockWarps * kWarp;

template <int P>
struct Row {
  float2 pair[P];
};

__device__ inline int Lane() { return static_cast<int>(threadIdx.x) % kWarp; }
__device__ inline int WarpOfBlock() { return static_cast<int>(threadIdx.x) / kWarp; }

template <int P, class T>
__device__ inline Row<P> LoadRow(const T* row, int width) {
  Row<P> r;
#pragma unroll
  for (int i = 0; i < P; ++i) {
    const int k = 2 * (Lane() + kWarp * i);
    r.pair[i] = k < width ? LoadPair(row + k) : float2{0, 0};
  }
  return r;
}

template <int P, class T>
__device__ inline void StoreRow(T* row, int width, const Row<P>& r) {
#pragma unroll
  for (int i = 0; i < P; ++i) {
    const int k = 2 * (Lane() + kWarp * i);
    if (k < width) StorePair(row + k, r.pair[i]);
  }
}

// f(i) for each pair of the lane.
template <int P, class F>
__device__ inline Row<P> MapRow(const F& f) {
  Row<P> r;
#pragma unroll
  for (int i = 0; i < P; ++i) r.pair[i] = f(i);
  return r;
}

template <int P>
__device__ inline float Dot(const Row<P>& a, const Row<P>& b) {
  float sum = 0;
#pragma unroll
  for (int i = 0; i < P; ++i) {
    const float2 product = a.pair[i] * b.pair[i];
    sum += product.x + product.y;
  }
  return WarpSum(sum);
}

// 1 over the root mean square.
template <int P>
__device__ inline float InverseRms(const Row<P>& x, int width, float epsilon) {
  return rsqrtf(Dot(x, x) / static_cast<float>(width) + epsilon);
}

// Adds one row per warp over the block, in the order of the warps, and writes the sum.
template <int P>
__device__ inline void StoreBlockSum(const Row<P>& r, int width, float* out) {
  __shared__ float shared[kBlockWarps][2 * kWarp * P];
  __syncthreads();
#pragma unroll
  for (int i = 0; i < P; ++i) {
    const int k = 2 * (Lane() + kWarp * i);
    StorePair(&shared[WarpOfBlock()][k], r.pair[i]);
  }
  __syncthreads();
  for (int k = static_cast<int>(threadIdx.x); k < width; k += kBlockThreads) {
    float sum = 0;
    for (int warp = 0; warp < kBlockWarps; ++warp) sum += shared[warp][k];
    out[k] = sum;
  }
}

}  // namespace lmz
