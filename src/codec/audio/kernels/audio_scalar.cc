#include "codec/audio/kernels/audio_kernels.h"

namespace lmz::internal {

namespace {
#include "codec/audio/kernels/audio_body.inc"
}  // namespace

extern const AudioKernels kAudioScalar;
const AudioKernels kAudioScalar = {Isa::kScalar, Dot, SubtractRow, Correlate, Filter, Adapt, Track};

}  // namespace lmz::internal
