// Finds files that hold deflate streams: gzip, zip, PDF, zlib.
#pragma once

#include "codec/finder.h"

namespace lmz::inside {

// From the beginning of such a file to the end of the last stream near it, so that neighbours share
// a block. Streams end within a block, or they are none.
extern const Finder kFinder;

}  // namespace lmz::inside
