// The transformer's integer arithmetic (docs/spec/numerics.md, 6) for a GPU: what
// model/transformer/kernels/token_loops.h is for CPUs. A group of threads, a warp or a block, works
// on one vector in shared memory.
#pragma once

#include <cstdint>

#include "device/cuda/transformer/token_view.h"

namespace lmz::cuda {

constexpr int kStreamFraction = 10;
constexpr int kTokenGateFraction = 12;
constexpr int kTokenLogitFraction = 10;
constexpr int32_t kStreamLimit = (1 << 30) - 1;
constexpr int32_t kUnseen = -(1 << 30) - (1 << 21);

namespace {

__device__ __forceinline__ int32_t Saturate(int32_t v, int32_t limit) {
  return min(max(v, -limit), limit);
}
__device__ __forceinline__ int32_t Round32(int32_t v, int shift) {
  return (v + static_cast<int32_t>((1u << shift) >> 1)) >> shift;
}
__device__ __forceinline__ int64_t Round64(int64_t v, int shift) {
  return (v + static_cast<int64_t>((uint64_t{1} << shift) >> 1)) >> shift;
}
__device__ __forceinline__ int32_t TimesQ15(int32_t a, int32_t b) {
  return (a * b + (1 << 14)) >> 15;
}
__device__ __forceinline__ int BitsOf(uint32_t v) {
  return 32 - __clz(static_cast<int>(v));
}
__device__ __forceinline__ int BitsOf64(uint64_t v) {
  return 64 - __clzll(static_cast<int64_t>(v));
}

// value * 2^-shift within the limits of the residual stream; |value| < 2^61.
__device__ inline int32_t Shifted(int64_t value, int shift) {
  constexpr int64_t kLimit = kStreamLimit;
  if (shift >= 0) value = Round64(value, min(shift, 62));
  value = min(max(value, -kLimit), kLimit);
  if (shift >= 0) return static_cast<int32_t>(value);
  value <<= min(-shift, 30);
  return static_cast<int32_t>(min(max(value, -kLimit), kLimit));
}

// Spec 6.2, step 1.
__device__ inline uint64_t EpsilonOf(int size, const TokenScale& epsilon, int fraction) {
  constexpr uint64_t kMost = uint64_t{1} << 60;
  const uint64_t product = static_cast<uint64_t>(size) * static_cast<uint64_t>(epsilon.mantissa);
  const int shift = 2 * fraction - epsilon.exponent;
  if (shift < 0) return product >> min(-shift, 63);
  return shift >= 60 || product >= kMost >> shift ? kMost : product << shift;
}

__device__ inline int32_t SineOf(const int32_t* quarter_sine, uint32_t turn) {
  constexpr uint32_t kQuarter = uint32_t{1} << 30;
  const uint32_t in_quarter = turn & (kQuarter - 1);
  const uint32_t angle = (turn & kQuarter) != 0 ? kQuarter - in_quarter : in_quarter;
  const uint32_t i = angle >> 20;
  const int64_t fraction = angle & ((1 << 20) - 1);
  const int64_t at = quarter_sine[i], rise = quarter_sine[i + 1] - quarter_sine[i];
  const auto value = static_cast<int32_t>((at + ((rise * fraction) >> 20) + (1 << 14)) >> 15);
  return (turn >> 31) != 0 ? -value : value;
}
__device__ inline int32_t CosineOf(const int32_t* quarter_sine, uint32_t turn) {
  return SineOf(quarter_sine, turn + (uint32_t{1} << 30));
}

__device__ __forceinline__ uint32_t PowerOf(const uint32_t* powers, uint32_t below) {
  return powers[below & 1023] >> min(below >> 10, 31u);
}

__device__ __forceinline__ int32_t LargestOfWarp(int32_t v) {
  return __reduce_max_sync(0xFFFFFFFFu, v);
}
__device__ __forceinline__ int64_t SumOfWarp(int64_t v) {
#pragma unroll
  for (int mask = 16; mask > 0; mask /= 2) v += __shfl_xor_sync(0xFFFFFFFFu, v, mask);
  return v;
}

// A warp on a vector of its own.
struct WarpGroup {
  __device__ int rank() const { return static_cast<int>(threadIdx.x % 32); }
  __device__ int size() const { return 32; }
  __device__ void Sync() const { __syncwarp(); }
  __device__ int32_t Largest(int32_t v) const { return LargestOfWarp(v); }
  __device__ int64_t Sum(int64_t v) const { return SumOfWarp(v); }
};

// All threads of a block, at most 8 warps.
struct BlockGroup {
  int64_t* shared;  // [8]

  __device__ int rank() const { return static_cast<int>(threadIdx.x); }
  __device__ int size() const { return static_cast<int>(blockDim.x); }
  __device__ void Sync() const { __syncthreads(); }
  __device__ int32_t Largest(int32_t v) const {
    v = LargestOfWarp(v);
    __syncthreads();
    if (threadIdx.x % 32 == 0) shared[threadIdx.x / 32] = v;
    __syncthreads();
    for (unsigned i = 0; i < blockDim.x / 32; ++i) v = max(v, static_cast<int32_t>(shared[i]));
    return v;
  }
  __device__ int64_t Sum(int64_t v) const {
    v = SumOfWarp(v);
    __syncthreads();
    if (threadIdx.x % 32 == 0) shared[threadIdx.x / 32] = v;
    __syncthreads();
    v = 0;
    for (unsigned i = 0; i < blockDim.x / 32; ++i) v += shared[i];
    return v;
  }
};

// The largest magnitude of x.
template <class Group>
__device__ int32_t MagnitudeOf(const Group& group, const int32_t* x, int size) {
  int32_t largest = 0;
  for (int i = group.rank(); i < size; i += group.size()) largest = max(largest, abs(x[i]));
  return group.Largest(largest);
}

// floor(sqrt(n)) for 2^46 <= n < 2^48.
__device__ inline uint32_t RootOf(uint64_t n) {
  uint32_t root = 0;
#pragma unroll
  for (uint32_t bit = 1u << 23; bit != 0; bit >>= 1) {
    const uint32_t next = root | bit;
    if (uint64_t{next} * next <= n) root = next;
  }
  return root;
}

// Spec 6.2 in place, each number by the thread that has read it.
template <class Group>
__device__ void Normalize(const Group& group, int32_t* x, int size, uint64_t epsilon,
                          const int16_t* weights) {
  const int drop = max(0, BitsOf(static_cast<uint32_t>(MagnitudeOf(group, x, size))) - 24);
  int64_t squares = 0;
  for (int i = group.rank(); i < size; i += group.size()) {
    const int32_t y = Round32(x[i], drop);
    x[i] = y;
    squares += int64_t{y} * y;
  }
  const uint64_t sum =
      max(uint64_t{1}, static_cast<uint64_t>(group.Sum(squares)) + (epsilon >> (2 * drop)));
  const int even = (BitsOf64(sum) - 47) & ~1;
  const uint64_t n = even >= 0 ? sum >> even : sum << -even;
  const auto factor = static_cast<int32_t>((uint64_t{1} << 47) / RootOf(n));
  const int shift = 25 + even / 2;
  for (int i = group.rank(); i < size; i += group.size()) {
    const int64_t unit = Round64(int64_t{x[i]} * factor, shift);
    x[i] = Saturate(static_cast<int32_t>(Round64(unit * weights[i], 22)), 32767);
  }
}

// Spec 3.2.
struct TokenQuantizer {
  __device__ explicit TokenQuantizer(int32_t largest) {
    const int32_t m = max(largest, 1);
    shift = 15 - BitsOf(static_cast<uint32_t>(m));
    const int32_t top = shift >= 0 ? m << shift : m >> -shift;
    factor = (255 * 16384 - 1) / (top + 1);
  }
  __device__ int8_t operator()(int32_t v) const {
    const int32_t shifted = (v >> max(-shift, 0)) * (1 << max(shift, 0));
    return static_cast<int8_t>((shifted * factor + (1 << 14)) >> 15);
  }
  __device__ int32_t mantissa() const { return ((1 << 21) + factor / 2) / factor; }
  __device__ int32_t exponent() const { return 6 + shift; }
  int shift, factor;
};

// Spec 6.3, two planes.
struct TwoPlanes {
  __device__ explicit TwoPlanes(int32_t largest) {
    constexpr int32_t kMost = 127 * 128 + 63;
    const int32_t m = max(largest, 1);
    shift = 14 - BitsOf(static_cast<uint32_t>(m));
    const int32_t top = shift >= 0 ? m << shift : Round32(m, -shift);
    if (top > kMost) --shift;
  }
  __device__ void operator()(int32_t v, int8_t* high, int8_t* low) const {
    const int32_t y = Round32(v, max(-shift, 0)) * (1 << max(shift, 0));
    const int32_t h = (y + 64) >> 7;
    *high = static_cast<int8_t>(h);
    *low = static_cast<int8_t>(y - 128 * h);
  }
  int shift;
};

// A row's vector into the planes that matrices want: bit 0 of `wanted` one, bit 1 two.
template <class Group>
__device__ void WritePlanes(const Group& group, const TokenWork& work, int row, const int32_t* x,
                            int size, int fraction, int wanted) {
  const int32_t largest = MagnitudeOf(group, x, size);
  const int whole = WholeColumns(size);
  if ((wanted & 1) != 0) {
    const TokenPlanes& to = work.planes[0];
    const TokenQuantizer by(largest);
    int8_t* const bytes = to.bytes + int64_t{row} * to.stride;
    for (int i = group.rank(); i < whole; i += group.size()) bytes[i] = i < size ? by(x[i]) : 0;
    if (group.rank() == 0) {
      to.mantissa[row] = by.mantissa();
      to.exponent[row] = by.exponent() + fraction;
    }
  }
  if ((wanted & 2) != 0) {
    const TokenPlanes& to = work.planes[1];
    const TwoPlanes by(largest);
    int8_t* const high = to.bytes + int64_t{row} * 2 * to.stride;
    for (int i = group.rank(); i < whole; i += group.size()) {
      int8_t h = 0, l = 0;
      if (i < size) by(x[i], &h, &l);
      high[i] = h;
      high[to.stride + i] = l;
    }
    if (group.rank() == 0) to.exponent[row] = by.shift + fraction;
  }
}

// Spec 6.4: X of a row, and the Fraction of a free product.
__device__ __forceinline__ int ProductExponent(const TokenWork& work, int planes,
                                               int scale_exponent, int low_shift, int row) {
  return scale_exponent + work.planes[planes - 1].exponent[row] - (planes == 1 ? 15 : low_shift);
}
__device__ __forceinline__ int FreeFraction(const TokenWork& work, const TokenMatrix& m, int row) {
  return ProductExponent(work, m.planes, m.scale_exponent, m.low_shift, row) - 16;
}

}  // namespace
}  // namespace lmz::cuda
