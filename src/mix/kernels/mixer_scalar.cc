#include "mix/kernels/mixer_loops.h"

namespace lmz::internal {

extern const MixerKernels kMixerScalar;
constinit const MixerKernels kMixerScalar = MakeMixerKernels();

}  // namespace lmz::internal
