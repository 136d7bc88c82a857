#include "codec/image/kernels/least_squares_kernels.h"
#include "model/glr/kernels/tables.h"

namespace lmz::internal {

namespace {

using Vector = int32_t __attribute__((vector_size(kRegressorLanes * sizeof(int32_t))));
using Unsigned = uint32_t __attribute__((vector_size(kRegressorLanes * sizeof(uint32_t))));
using Wide = uint64_t __attribute__((vector_size(kRegressorLanes * sizeof(int32_t))));

inline void AddEven(const Vector& a, const Vector& b, Wide& sums) {
  for (int i = 0; i < kRegressorLanes; i += 2) {
    sums[i / 2] += static_cast<uint64_t>(int64_t{a[i]} * b[i]);
  }
}

#include "codec/image/kernels/least_squares_body.inc"

}  // namespace

extern const LeastSquaresKernels kLeastSquaresScalar;
const LeastSquaresKernels kLeastSquaresScalar = {Isa::kScalar, Accumulate, Fade, Fold, Solve, Dot};

}  // namespace lmz::internal
