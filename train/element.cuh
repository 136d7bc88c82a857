// Pairs of neighbouring elements, the unit in which the CUDA kernels read and write rows.
#pragma once

#include <cuda_bf16.h>
#include <cuda_runtime.h>

#include <cstdint>

namespace lmz {

constexpr int kWarp = 32;

__device__ inline float2 LoadPair(const float* p) { return *reinterpret_cast<const float2*>(p); }
__device__ inline float2 LoadPair(const __nv_bfloat16* p) {
  return __bfloat1622float2(*reinterpret_cast<const __nv_bfloat162*>(p));
}
__device__ inline void StorePair(float* p, float2 v) { *reinterpret_cast<float2*>(p) = v; }
__device__ inline void StorePair(__nv_bfloat16* p, float2 v) {
  *reinterpret_cast<__nv_bfloat162*>(p) = __float22bfloat162_rn(v);
}

// What is left of v after storing it as T.
template <class T>
__device__ inline float2 Rounded(float2 v);
template <>
__device__ inline float2 Rounded<float>(float2 v) {
  return v;
}
template <>
__device__ inline float2 Rounded<__nv_bfloat16>(float2 v) {
  return __bfloat1622float2(__float22bfloat162_rn(v));
}

__device__ inline float2 operator+(float2 a, float2 b) { return {a.x + b.x, a.y + b.y}; }
__device__ inline float2 operator-(float2 a, float2 b) { return {a.x - b.x, a.y - b.y}; }
__device__ inline float2 operator*(float2 a, float2 b) { return {a.x * b.x, a.y * b.y}; }
__device__ inline float2 operator*(float2 a, float b) { return {a.x * b, a.y * b}; }
__device__ inline float2& operator+=(float2& a, float2 b) { return a = a + b; }

__device__ inline float WarpSum(float v) {
  for (int offset = kWarp / 2; offset > 0; offset /= 2) v += __shfl_xor_sync(~0u, v, offset);
  return v;
}
__device__ inline float WarpMax(float v) {
  for (int offset = kWarp / 2; offset > 0; offset /= 2) {
    v = fmaxf(v, __shfl_xor_sync(~0u, v, offset));
  }
  return v;
}

__device__ inline float Sigmoid(float z) { return 1.0f / (1.0f + __expf(-z)); }
__device__ inline float2 Sigmoid(float2 z) { return {Sigmoid(z.x), Sigmoid(z.y)}; }

// Calls f with std::integral_constant of the number of pairs that one lane of a warp has of a row.
template <int kPairs>
struct PairCount {
  static constexpr int value = kPairs;
};
template <class F>
void WithPairs(int width, const F& f) {
  switch ((width / 2 + kWarp - 1) / kWarp) {
    case 1: return f(PairCount<1>{});
    case 2: return f(PairCount<2>{});
    case 3: return f(PairCount<3>{});
    case 4: return f(PairCount<4>{});
    default: return f(PairCount<8>{});
  }
}

}  // namespace lmz
