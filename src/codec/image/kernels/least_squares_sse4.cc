#include "codec/image/kernels/least_squares_kernels.h"
#include "model/glr/kernels/tables.h"

#include <smmintrin.h>

namespace lmz::internal {

namespace {

using Vector = int32_t __attribute__((vector_size(kRegressorLanes * sizeof(int32_t))));
using Unsigned = uint32_t __attribute__((vector_size(kRegressorLanes * sizeof(uint32_t))));
using Wide = uint64_t __attribute__((vector_size(kRegressorLanes * sizeof(int32_t))));

inline void AddEven(const Vector& a, const Vector& b, Wide& sums) {
  using Half = int32_t __attribute__((vector_size(16)));
  const Half a_low = __builtin_shufflevector(a, a, 0, 1, 2, 3);
  const Half a_high = __builtin_shufflevector(a, a, 4, 5, 6, 7);
  const Half b_low = __builtin_shufflevector(b, b, 0, 1, 2, 3);
  const Half b_high = __builtin_shufflevector(b, b, 4, 5, 6, 7);
  const __m128i low = _mm_mul_epi32((__m128i)a_low, (__m128i)b_low);
  const __m128i high = _mm_mul_epi32((__m128i)a_high, (__m128i)b_high);
  sums += (Wide)__builtin_shufflevector(low, high, 0, 1, 2, 3);
}

#include "codec/image/kernels/least_squares_body.inc"

}  // namespace

extern const LeastSquaresKernels kLeastSquaresSse4;
const LeastSquaresKernels kLeastSquaresSse4 = {Isa::kSse4, Accumulate, Fade, Fold, Solve, Dot};

}  // namespace lmz::internal
