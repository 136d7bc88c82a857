#include "mix/kernels/mixer_loops.h"
#include "mix/kernels/words_scalar.h"

namespace lmz::internal {

extern const MixerKernels kMixerScalar;
constinit const MixerKernels kMixerScalar = MakeMixerKernels<ScalarWords, ScalarWords>();

}  // namespace lmz::internal
