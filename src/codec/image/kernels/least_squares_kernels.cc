#include "codec/image/kernels/least_squares_kernels.h"

namespace lmz {

namespace internal {
extern const LeastSquaresKernels kLeastSquaresScalar;
#if defined(__x86_64__)
extern const LeastSquaresKernels kLeastSquaresSse4;
extern const LeastSquaresKernels kLeastSquaresAvx2;
#endif
}  // namespace internal

const LeastSquaresKernels& GetLeastSquaresKernels(Isa isa) {
  switch (isa) {
#if defined(__x86_64__)
    case Isa::kSse4:
      return internal::kLeastSquaresSse4;
    case Isa::kAvx2:
    case Isa::kAvxVnni:
    case Isa::kAvx512:
      return internal::kLeastSquaresAvx2;
#endif
    default:
      return internal::kLeastSquaresScalar;
  }
}

}  // namespace lmz
