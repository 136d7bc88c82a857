#include "mix/kernels/mixer_kernels.h"

namespace lmz::internal {

namespace {
#include "mix/kernels/mixer_body.inc"
}  // namespace

extern const MixerKernels kMixerScalar;
const MixerKernels kMixerScalar = {Isa::kScalar, Dot, Train, Gather, Learn};

}  // namespace lmz::internal
