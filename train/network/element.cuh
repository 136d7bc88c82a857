// Pairs of neighbouring elements, the unit in which the CUDA kernels read and write rows.
#pragma once

#include <cuda_bf16.h>
#include <cuda_runtime.h>

#include <cstdint>

namespace lmz::train {

constexpr int kWarp = 32;

template <class T>
struct PairType;
template <>
struct PairType<float> {
  using Type = float2;
};
template <>
struct PairType<__nv_bfloat16> {
  using Type = __nv_bfloat162;
};
template <class T>
using PairOf = typename PairType<T>::Type;

__device__ inline float2 ToFloats(float2 v) {
  return v;
}
__device__ inline float2 ToFloats(__nv_bfloat162 v) {
  return __bfloat1622float2(v);
}

template <class T>
__device__ inline float2 LoadPair(const T* p) {
  return ToFloats(*reinterpret_cast<const PairOf<T>*>(p));
}
__device__ inline void StorePair(float* p, float2 v) {
  *reinterpret_cast<float2*>(p) = v;
}
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

__device__ inline float2 operator+(float2 a, float2 b) {
  return {a.x + b.x, a.y + b.y};
}
__device__ inline float2 operator-(float2 a, float2 b) {
  return {a.x - b.x, a.y - b.y};
}
__device__ inline float2 operator*(float2 a, float2 b) {
  return {a.x * b.x, a.y * b.y};
}
__device__ inline float2 operator*(float2 a, float b) {
  return {a.x * b, a.y * b};
}
__device__ inline float2& operator+=(float2& a, float2 b) {
  return a = a + b;
}

__device__ inline float Sigmoid(float z) {
  return 1.0f / (1.0f + __expf(-z));
}
__device__ inline float2 Sigmoid(float2 z) {
  return {Sigmoid(z.x), Sigmoid(z.y)};
}

}  // namespace lmz::train
