#include <smmintrin.h>

#include "codec/image/kernels/least_squares_loops.h"

namespace lmz::internal {

namespace {

struct Sse4Ops {
  static void AddLow(const Int32x8& a, const Int32x8& b, Uint64x4& sums) {
    using Half = int32_t __attribute__((vector_size(16)));
    const Half a_low = __builtin_shufflevector(a, a, 0, 1, 2, 3);
    const Half a_high = __builtin_shufflevector(a, a, 4, 5, 6, 7);
    const Half b_low = __builtin_shufflevector(b, b, 0, 1, 2, 3);
    const Half b_high = __builtin_shufflevector(b, b, 4, 5, 6, 7);
    const __m128i low = _mm_mul_epi32((__m128i)a_low, (__m128i)b_low);
    const __m128i high = _mm_mul_epi32((__m128i)a_high, (__m128i)b_high);
    sums += (Uint64x4)__builtin_shufflevector(low, high, 0, 1, 2, 3);
  }
};

}  // namespace

extern const LeastSquaresKernels kLeastSquaresSse4;
constinit const LeastSquaresKernels kLeastSquaresSse4 = MakeLeastSquaresKernels<Sse4Ops>();

}  // namespace lmz::internal
