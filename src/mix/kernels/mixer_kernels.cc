#include "mix/kernels/mixer_kernels.h"

namespace lmz {

namespace internal {
extern const MixerKernels kMixerScalar;
#if defined(__x86_64__)
extern const MixerKernels kMixerSse4;
extern const MixerKernels kMixerAvx2;
extern const MixerKernels kMixerAvx512;
extern const MixerKernels kMixerAmx;
#elif defined(__aarch64__)
extern const MixerKernels kMixerNeon;
#endif
}  // namespace internal

KernelBuilds<MixerKernels> MixerBuilds() {
  static constexpr KernelBuild<MixerKernels> kBuilds[] = {
    {kScalar, &internal::kMixerScalar},
#if defined(__x86_64__)
    {kSse4, &internal::kMixerSse4},
    {kAvx2, &internal::kMixerAvx2},
    {kAvx512, &internal::kMixerAvx512},
    {kAmx, &internal::kMixerAmx},
#elif defined(__aarch64__)
    {kNeon, &internal::kMixerNeon},
#endif
  };
  return kBuilds;
}

}  // namespace lmz
