#include "codec/audio/kernels/audio_loops.h"

namespace lmz::internal {

extern const AudioKernels kAudioSse4;
constinit const AudioKernels kAudioSse4 = MakeAudioKernels();

}  // namespace lmz::internal
