#include "model/transformer/kernels/transformer_kernels.h"

namespace lmz {

namespace internal {
extern const TransformerKernels kTransformerScalar;
}  // namespace internal

KernelBuilds<TransformerKernels> TransformerBuilds() {
  static constexpr KernelBuild<TransformerKernels> kBuilds[] = {
      {kScalar, &internal::kTransformerScalar},
  };
  return kBuilds;
}

}  // namespace lmz
