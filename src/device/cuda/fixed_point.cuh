// The network's integer arithmetic (docs/spec/numerics.md) for a GPU: what
// model/glr/kernels/fixed_point.h and quantizer.h are for CPUs. A warp works on the vector of one
// lane; numbers that the whole vector comes down to are the same in all of its threads.
#pragma once

#include <cstdint>

#include "device/cuda/step_kernels.h"

namespace lmz::cuda {

constexpr int32_t kResidualLimit = (1 << 26) - 1;
constexpr int32_t kStateLimit = (1 << 21) - 1;
constexpr int32_t kGateLimit = 4095;
constexpr int32_t kInt16Limit = 32767;

static __constant__ UniformTables kUniformTables;

__device__ __forceinline__ int32_t Clamp(int32_t v, int32_t limit) {
  return min(max(v, -limit), limit);
}

__device__ __forceinline__ int32_t RoundShift(int32_t v, int shift) {
  return (v + static_cast<int32_t>((1u << shift) >> 1)) >> shift;
}

__device__ __forceinline__ int32_t MulQ15(int32_t a, int32_t b) {
  return (a * b + (1 << 14)) >> 15;
}

__device__ __forceinline__ int BitLength(uint32_t v) {
  return 32 - __clz(static_cast<int>(v));
}

// A quantised vector's scale in one word: the mantissa below the exponent.
__device__ __forceinline__ int32_t PackScale(int32_t mantissa, int32_t exponent) {
  return static_cast<int32_t>(static_cast<uint32_t>(exponent) << 16 |
                              static_cast<uint32_t>(mantissa));
}
__device__ __forceinline__ int32_t MantissaOf(int32_t scale) {
  return scale & 0xFFFF;
}
__device__ __forceinline__ int32_t ExponentOf(int32_t scale) {
  return scale >> 16;
}

// Spec 3.2 for the largest magnitude of a vector.
struct Quantizer {
  __device__ __forceinline__ explicit Quantizer(int32_t largest) {
    const int32_t m = max(largest, 1);
    shift = 15 - BitLength(static_cast<uint32_t>(m));
    const int32_t top = shift >= 0 ? m << shift : m >> -shift;
    // The table's factor is that of the least of 64 tops, at most one too large.
    const int32_t guess = kUniformTables.factors[(top - 16384) >> 6];
    factor = guess * (top + 1) > 255 * 16384 - 1 ? guess - 1 : guess;
  }
  __device__ __forceinline__ int32_t mantissa() const {
    return kUniformTables.mantissas[factor - 127];
  }
  __device__ __forceinline__ int32_t exponent() const { return 6 + shift; }
  int32_t shift;
  int32_t factor;
};

// Spec 3.1, steps 3 and 4.
struct InverseRoot {
  __device__ __forceinline__ explicit InverseRoot(uint64_t sum) {
    if (sum == 0) sum = 1;
    const int even = (64 - __clzll(static_cast<long long>(sum)) - 15) & ~1;
    const auto m = static_cast<uint32_t>(even >= 0 ? sum >> even : sum << -even);
    constexpr int64_t kTarget = int64_t{1} << 44;
    int64_t r = kUniformTables.root_seeds[m >> 8];
    r += (r * ((kTarget - r * r * m) >> 22)) >> 23;
    r -= static_cast<int64_t>(r * r * m > kTarget);
    r += static_cast<int64_t>((r + 1) * (r + 1) * m <= kTarget);
    root = static_cast<int32_t>(r > kInt16Limit ? kInt16Limit : r);
    shift = 7 + even / 2;
  }
  int32_t root;
  int32_t shift;
};

// Spec 2: Sigmoid(z) for |z| <= 4095. The table is that of its left half, Sigmoid(-z) for z >= 0;
// the right half is 2^16 less that.
__device__ __forceinline__ int32_t Sigmoid(const uint16_t* __restrict__ below, int32_t z) {
  const int32_t v = __ldg(below + abs(z));
  return z >= 0 ? min(65536 - v, 65535) : v;
}

}  // namespace lmz::cuda
