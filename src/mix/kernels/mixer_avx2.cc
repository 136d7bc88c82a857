#include "mix/kernels/mixer_kernels.h"

namespace lmz::internal {

namespace {
#include "mix/kernels/mixer_body.inc"
}  // namespace

extern const MixerKernels kMixerAvx2;
const MixerKernels kMixerAvx2 = {Isa::kAvx2, Dot, Train, Gather, Learn};

}  // namespace lmz::internal
