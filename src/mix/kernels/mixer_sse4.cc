#include "mix/kernels/mixer_loops.h"
#include "mix/kernels/words_sse4.h"

namespace lmz::internal {

extern const MixerKernels kMixerSse4;
constinit const MixerKernels kMixerSse4 = MakeMixerKernels<Sse4Words, Sse4Words>();

}  // namespace lmz::internal
