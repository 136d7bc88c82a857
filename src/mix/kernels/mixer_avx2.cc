#include "mix/kernels/mixer_loops.h"
#include "mix/kernels/words_avx2.h"
#include "mix/kernels/words_sse4.h"

namespace lmz::internal {

extern const MixerKernels kMixerAvx2;
constinit const MixerKernels kMixerAvx2 = MakeMixerKernels<Avx2Words, Sse4Words>();

}  // namespace lmz::internal
