#include "codec/audio/kernels/audio_kernels.h"

namespace lmz::internal {

namespace {
#include "codec/audio/kernels/audio_body.inc"
}  // namespace

extern const AudioKernels kAudioAvx2;
const AudioKernels kAudioAvx2 = {Isa::kAvx2, Dot, SubtractRow, Correlate, Filter, Adapt, Track};

}  // namespace lmz::internal
