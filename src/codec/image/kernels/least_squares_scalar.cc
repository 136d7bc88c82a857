#include <bit>

#include "codec/image/kernels/least_squares_loops.h"

namespace lmz::internal {

namespace {

struct ScalarOps {
  static void AddLow(const Int32x8& a, const Int32x8& b, Uint64x4& sums) {
    constexpr int kFirst = std::endian::native == std::endian::little ? 0 : 1;
    for (int i = kFirst; i < kInt32Lanes; i += 2) {
      sums[i / 2] += static_cast<uint64_t>(int64_t{a[i]} * b[i]);
    }
  }
};

}  // namespace

extern const LeastSquaresKernels kLeastSquaresScalar;
constinit const LeastSquaresKernels kLeastSquaresScalar = MakeLeastSquaresKernels<ScalarOps>();

}  // namespace lmz::internal
