#include "codec/image/kernels/least_squares_kernels.h"

namespace lmz {

namespace internal {
extern const LeastSquaresKernels kLeastSquaresScalar;
#if defined(__x86_64__)
extern const LeastSquaresKernels kLeastSquaresSse4;
extern const LeastSquaresKernels kLeastSquaresAvx2;
#endif
}  // namespace internal

KernelBuilds<LeastSquaresKernels> LeastSquaresBuilds() {
  static constexpr KernelBuild<LeastSquaresKernels> kBuilds[] = {
    {kScalar, &internal::kLeastSquaresScalar},
#if defined(__x86_64__)
    {kSse4, &internal::kLeastSquaresSse4},
    {kAvx2, &internal::kLeastSquaresAvx2},
#endif
  };
  return kBuilds;
}

}  // namespace lmz
