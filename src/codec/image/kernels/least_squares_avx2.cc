#include <immintrin.h>

#include "codec/image/kernels/least_squares_loops.h"

namespace lmz::internal {

namespace {

struct Avx2Ops {
  static void AddLow(const Int32x8& a, const Int32x8& b, Uint64x4& sums) {
    sums += (Uint64x4)_mm256_mul_epi32((__m256i)a, (__m256i)b);
  }
};

}  // namespace

extern const LeastSquaresKernels kLeastSquaresAvx2;
constinit const LeastSquaresKernels kLeastSquaresAvx2 = MakeLeastSquaresKernels<Avx2Ops>();

}  // namespace lmz::internal
