#include "mix/kernels/mixer_loops.h"
#include "mix/kernels/words_neon.h"

namespace lmz::internal {

extern const MixerKernels kMixerNeon;
constinit const MixerKernels kMixerNeon = MakeMixerKernels<NeonWords, NeonWords>();

}  // namespace lmz::internal
