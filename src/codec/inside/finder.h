// Finds files that hold deflate streams, gzip, zip, PDF, zlib, and text that holds runs of Base64.
#pragma once

#include "codec/finder.h"

namespace lmz::inside {

// From the beginning of such a file to the end of the last stream near it, so that neighbours share
// a block. A stream that is too long for one is parted between blocks of its own.
extern const Finder kFinder;

// The same for what begins with a run of Base64, with the text in front of it.
extern const Finder kBase64Finder;

}  // namespace lmz::inside
