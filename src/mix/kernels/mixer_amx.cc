// For CPUs with AMX, whose look-ups of whole vectors are quick; of matrix units nothing is used.
#include "mix/kernels/contexts_avx512.h"
#include "mix/kernels/mixer_loops.h"
#include "mix/kernels/words_avx2.h"
#include "mix/kernels/words_sse4.h"

namespace lmz::internal {

extern const MixerKernels kMixerAmx;
constinit const MixerKernels kMixerAmx = [] {
  MixerKernels kernels = MakeMixerKernels<Avx2Words, Sse4Words>();
  kernels.gather = GatherWide;
  kernels.learn = LearnWide;
  return kernels;
}();

}  // namespace lmz::internal
