// Rows of a matrix, each spread over the lanes of a group of kGroup threads (a warp or half of
// one): lane l holds the pairs l, l + kGroup, ...
#pragma once

#include "train/network/element.cuh"

namespace lmz::train {

constexpr int kBlockThreads = 256;

template <int kGroup, int kPairs>
struct RowGroup {
  static constexpr int kPerBlock = kBlockThreads / kGroup;
  static constexpr int kRowPairs = kPairs;

  struct Row {
    float2 pair[kPairs];
  };
  // A row as it lies in memory: fewer registers while it waits.
  template <class T>
  struct Raw {
    PairOf<T> pair[kPairs];
  };

  static __device__ int Lane() { return static_cast<int>(threadIdx.x) % kGroup; }
  static __device__ int OfBlock() { return static_cast<int>(threadIdx.x) / kGroup; }
  static __device__ int Column(int i) { return 2 * (Lane() + kGroup * i); }

  template <class T>
  static __device__ Raw<T> Fetch(const T* row, int width) {
    Raw<T> r;
#pragma unroll
    for (int i = 0; i < kPairs; ++i) {
      r.pair[i] =
          Column(i) < width ? *reinterpret_cast<const PairOf<T>*>(row + Column(i)) : PairOf<T>{};
    }
    return r;
  }
  template <class T>
  static __device__ Row Unpack(const Raw<T>& raw) {
    return Map([&](int i) { return ToFloats(raw.pair[i]); });
  }
  template <class T>
  static __device__ Row Load(const T* row, int width) {
    return Unpack(Fetch(row, width));
  }

  template <class T>
  static __device__ void Store(T* row, int width, const Row& r) {
#pragma unroll
    for (int i = 0; i < kPairs; ++i) {
      if (Column(i) < width) StorePair(row + Column(i), r.pair[i]);
    }
  }

  // f(i) for each pair of the lane.
  template <class F>
  static __device__ Row Map(const F& f) {
    Row r;
#pragma unroll
    for (int i = 0; i < kPairs; ++i) r.pair[i] = f(i);
    return r;
  }

  static __device__ unsigned Mask() {
    return kGroup == kWarp
               ? ~0u
               : ((1u << kGroup % kWarp) - 1) << (threadIdx.x % kWarp / kGroup * kGroup);
  }
  static __device__ float Sum(float v) {
#pragma unroll
    for (int offset = kGroup / 2; offset > 0; offset /= 2) {
      v += __shfl_xor_sync(Mask(), v, offset);
    }
    return v;
  }
  static __device__ float Max(float v) {
#pragma unroll
    for (int offset = kGroup / 2; offset > 0; offset /= 2) {
      v = fmaxf(v, __shfl_xor_sync(Mask(), v, offset));
    }
    return v;
  }
  static __device__ float Dot(const Row& a, const Row& b) {
    float sum = 0;
#pragma unroll
    for (int i = 0; i < kPairs; ++i) {
      const float2 product = a.pair[i] * b.pair[i];
      sum += product.x + product.y;
    }
    return Sum(sum);
  }

  // 1 over the root mean square.
  static __device__ float InverseRms(const Row& x, int width, float epsilon) {
    return rsqrtf(Dot(x, x) / static_cast<float>(width) + epsilon);
  }

  // Adds one row per group over the block, in the order of the groups, and writes the sum.
  static __device__ void StoreBlockSum(const Row& r, int width, float* out) {
    __shared__ float shared[kPerBlock][2 * kGroup * kPairs];
    __syncthreads();
#pragma unroll
    for (int i = 0; i < kPairs; ++i) StorePair(&shared[OfBlock()][Column(i)], r.pair[i]);
    __syncthreads();
    for (int k = static_cast<int>(threadIdx.x); k < width; k += kBlockThreads) {
      float sum = 0;
      for (int group = 0; group < kPerBlock; ++group) sum += shared[group][k];
      out[k] = sum;
    }
  }
};

// Calls f with a RowGroup that fits rows of `width`: half a warp for narrow ones, where the
// exchange between lanes would cost more than the work on them.
template <class F>
void WithRowGroup(int width, const F& f) {
  if (width <= 32) return f(RowGroup<16, 1>{});
  if (width <= 64) return f(RowGroup<16, 2>{});
  if (width <= 96) return f(RowGroup<16, 3>{});
  if (width <= 128) return f(RowGroup<16, 4>{});
  if (width <= 192) return f(RowGroup<32, 3>{});
  if (width <= 256) return f(RowGroup<32, 4>{});
  if (width <= 320) return f(RowGroup<32, 5>{});
  return f(RowGroup<32, 8>{});
}

}  // namespace lmz::train
