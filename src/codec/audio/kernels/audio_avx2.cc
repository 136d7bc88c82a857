#include "codec/audio/kernels/audio_loops.h"

namespace lmz::internal {

extern const AudioKernels kAudioAvx2;
constinit const AudioKernels kAudioAvx2 = MakeAudioKernels();

}  // namespace lmz::internal
