// Finds files of uncompressed sound: FindSamples (audio_layout.h) says which.
#pragma once

#include "codec/finder.h"

namespace lmz {

// Where coding a probe as audio is smaller than coding it as bytes; a header that lies does not
// pay.
extern const Finder kAudioFinder;

}  // namespace lmz
