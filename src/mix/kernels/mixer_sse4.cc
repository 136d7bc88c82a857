#include "mix/kernels/mixer_kernels.h"

namespace lmz::internal {

namespace {
#include "mix/kernels/mixer_body.inc"
}  // namespace

extern const MixerKernels kMixerSse4;
const MixerKernels kMixerSse4 = {Isa::kSse4, Dot, Train, Gather, Learn};

}  // namespace lmz::internal
