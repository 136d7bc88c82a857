#include "mix/kernels/mixer_kernels.h"

namespace lmz {

namespace internal {
extern const MixerKernels kMixerScalar;
#if defined(__x86_64__)
extern const MixerKernels kMixerSse4;
extern const MixerKernels kMixerAvx2;
#endif
}  // namespace internal

KernelBuilds<MixerKernels> MixerBuilds() {
  static constexpr KernelBuild<MixerKernels> kBuilds[] = {
    {kScalar, &internal::kMixerScalar},
#if defined(__x86_64__)
    {kSse4, &internal::kMixerSse4},
    {kAvx2, &internal::kMixerAvx2},
#endif
  };
  return kBuilds;
}

}  // namespace lmz
