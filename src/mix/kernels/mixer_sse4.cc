#include "mix/kernels/mixer_loops.h"

namespace lmz::internal {

extern const MixerKernels kMixerSse4;
constinit const MixerKernels kMixerSse4 = MakeMixerKernels();

}  // namespace lmz::internal
