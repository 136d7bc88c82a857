#include "codec/audio/kernels/audio_kernels.h"

namespace lmz {

namespace internal {
extern const AudioKernels kAudioScalar;
#if defined(__x86_64__)
extern const AudioKernels kAudioSse4;
extern const AudioKernels kAudioAvx2;
#endif
}  // namespace internal

const AudioKernels& GetAudioKernels(Isa isa) {
  switch (isa) {
#if defined(__x86_64__)
    case Isa::kSse4:
      return internal::kAudioSse4;
    case Isa::kAvx2:
    case Isa::kAvxVnni:
    case Isa::kAvx512:
      return internal::kAudioAvx2;
#endif
    default:
      return internal::kAudioScalar;
  }
}

}  // namespace lmz
