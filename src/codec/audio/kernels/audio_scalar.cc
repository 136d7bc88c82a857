#include "codec/audio/kernels/audio_loops.h"

namespace lmz::internal {

extern const AudioKernels kAudioScalar;
constinit const AudioKernels kAudioScalar = MakeAudioKernels();

}  // namespace lmz::internal
