#include "codec/audio/kernels/audio_kernels.h"

namespace lmz {

namespace internal {
extern const AudioKernels kAudioScalar;
#if defined(__x86_64__)
extern const AudioKernels kAudioSse4;
extern const AudioKernels kAudioAvx2;
#endif
}  // namespace internal

KernelBuilds<AudioKernels> AudioBuilds() {
  static constexpr KernelBuild<AudioKernels> kBuilds[] = {
    {kScalar, &internal::kAudioScalar},
#if defined(__x86_64__)
    {kSse4, &internal::kAudioSse4},
    {kAvx2, &internal::kAudioAvx2},
#endif
  };
  return kBuilds;
}

}  // namespace lmz
