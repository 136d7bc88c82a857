#include "mix/kernels/mixer_loops.h"

namespace lmz::internal {

extern const MixerKernels kMixerAvx2;
constinit const MixerKernels kMixerAvx2 = MakeMixerKernels();

}  // namespace lmz::internal
