// Finds files of uncompressed sound: FindSamples (audio_layout.h) says which.
#pragma once

#include "codec/finder.h"

namespace lmz {

// Files of at most this size are taken without a probe: coding them shows what is smaller.
inline constexpr uint64_t kContestedAudioSize = uint64_t{48} << 10;

// Where coding a probe as audio is smaller than coding it as bytes; a header that lies does not
// pay.
extern const Finder kAudioFinder;

}  // namespace lmz
