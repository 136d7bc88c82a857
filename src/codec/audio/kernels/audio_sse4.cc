#include "codec/audio/kernels/audio_kernels.h"

namespace lmz::internal {

namespace {
#include "codec/audio/kernels/audio_body.inc"
}  // namespace

extern const AudioKernels kAudioSse4;
const AudioKernels kAudioSse4 = {Isa::kSse4, Dot, SubtractRow, Correlate, Filter, Adapt, Track};

}  // namespace lmz::internal
