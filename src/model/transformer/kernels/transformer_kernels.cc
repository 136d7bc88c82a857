#include "model/transformer/kernels/transformer_kernels.h"

namespace lmz {

namespace internal {
extern const TransformerKernels kTransformerScalar;
#if defined(__x86_64__)
extern const TransformerKernels kTransformerSse4;
extern const TransformerKernels kTransformerAvx2;
extern const TransformerKernels kTransformerAvxVnni;
extern const TransformerKernels kTransformerAvx512;
#elif defined(__aarch64__)
extern const TransformerKernels kTransformerNeon;
extern const TransformerKernels kTransformerNeonDot;
#endif
}  // namespace internal

KernelBuilds<TransformerKernels> TransformerBuilds() {
  static constexpr KernelBuild<TransformerKernels> kBuilds[] = {
    {kScalar, &internal::kTransformerScalar},
#if defined(__x86_64__)
    {kSse4, &internal::kTransformerSse4},
    {kAvx2, &internal::kTransformerAvx2},
    {kAvxVnni, &internal::kTransformerAvxVnni},
    {kAvx512, &internal::kTransformerAvx512},
#elif defined(__aarch64__)
    {kNeon, &internal::kTransformerNeon},
    {kNeonDot, &internal::kTransformerNeonDot},
#endif
  };
  return kBuilds;
}

}  // namespace lmz
