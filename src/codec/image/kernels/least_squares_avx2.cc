#include "codec/image/kernels/least_squares_kernels.h"
#include "model/glr/kernels/tables.h"

#include <immintrin.h>

namespace lmz::internal {

namespace {

using Vector = int32_t __attribute__((vector_size(kRegressorLanes * sizeof(int32_t))));
using Unsigned = uint32_t __attribute__((vector_size(kRegressorLanes * sizeof(uint32_t))));
using Wide = uint64_t __attribute__((vector_size(kRegressorLanes * sizeof(int32_t))));

inline void AddEven(const Vector& a, const Vector& b, Wide& sums) {
  sums += (Wide)_mm256_mul_epi32((__m256i)a, (__m256i)b);
}

#include "codec/image/kernels/least_squares_body.inc"

}  // namespace

extern const LeastSquaresKernels kLeastSquaresAvx2;
const LeastSquaresKernels kLeastSquaresAvx2 = {Isa::kAvx2, Accumulate, Fade, Fold, Solve, Dot};

}  // namespace lmz::internal
