// The inner loops of the local least squares predictor (codec/image), one build per instruction
// set, all giving the same integers: every sum is exact or taken modulo a power of two, so no order
// of evaluation can matter. Spec: src/codec/image/spec.md, section 5.
#pragma once

#include <cstddef>
#include <cstdint>

#include "cpu/kernel_builds.h"

namespace lmz {

// The most inputs of a predictor. Vectors of inputs have kMaxRegressors + 1 numbers rounded up to
// kRegressorLanes; the number behind the inputs is the target, all behind it are 0.
inline constexpr int kMaxRegressors = 39;
inline constexpr int kRegressorLanes = 8;
inline constexpr int kRegressorRow = 40;

// What keeps the solution tame (codec/image/spec.md): the diagonal grows by its sum >> kRidgeShift
// and by kRidge, all in 2^-28, and no pivot is below kMinPivot or above kMaxPivot.
inline constexpr int kRidgeShift = 16;
inline constexpr int32_t kRidge = 1 << 13;
inline constexpr int32_t kMinPivot = 1 << 12;
inline constexpr int32_t kMaxPivot = 1 << 29;
inline constexpr int64_t kMaxWeight = int64_t{1} << 24;
inline constexpr int64_t kMaxRest = int64_t{1} << 30;

// The products of a vector with itself: for each number j up to the target, those with the numbers
// from j, rounded down to lanes, to the target, rounded up. This is how many they are for `inputs`
// inputs.
constexpr int ProductCount(int inputs) {
  const int end = (inputs / kRegressorLanes + 1) * kRegressorLanes;
  int count = 0;
  for (int j = 0; j <= inputs; ++j) count += end - j / kRegressorLanes * kRegressorLanes;
  return count;
}

struct LeastSquaresKernels {
  // sum = s - (s >> 4) - (s >> 5) with s = sum + x[i] * x[j], for each product.
  // Preconditions: |x| < 2^12; the sums come from nothing but this function and begin as 0.
  void (*accumulate)(const int32_t* x, int inputs, int32_t* sums);

  // sums[k] -= (sums[k] >> 4) + (sums[k] >> 5): accumulate without a vector.
  void (*fade)(int count, int32_t* sums);

  // above[k] = v - (v >> 3) with v = above[k] + sums[k].
  void (*fold)(const int32_t* sums, int count, int32_t* above);

  // Solves the normal equations of sums + above for the weights of the inputs, in 2^-20 and within
  // +-2^24. weights[inputs ..] become 0. Returns false and leaves the weights alone when all sums
  // of squares are 0.
  bool (*solve)(const int32_t* sums, const int32_t* above, int inputs, int32_t* weights);

  // The sum of x[i] * weights[i] over kRegressorRow numbers. Preconditions: |x| < 2^12.
  int64_t (*dot)(const int32_t* x, const int32_t* weights);
};

// All builds for this architecture.
KernelBuilds<LeastSquaresKernels> LeastSquaresBuilds();

}  // namespace lmz
