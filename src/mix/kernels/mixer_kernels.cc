#include "mix/kernels/mixer_kernels.h"

namespace lmz {

namespace internal {
extern const MixerKernels kMixerScalar;
#if defined(__x86_64__)
extern const MixerKernels kMixerSse4;
extern const MixerKernels kMixerAvx2;
#endif
}  // namespace internal

const MixerKernels& GetMixerKernels(Isa isa) {
  switch (isa) {
#if defined(__x86_64__)
    case Isa::kSse4:
      return internal::kMixerSse4;
    case Isa::kAvx2:
    case Isa::kAvxVnni:
    case Isa::kAvx512:
      return internal::kMixerAvx2;
#endif
    default:
      return internal::kMixerScalar;
  }
}

}  // namespace lmz
