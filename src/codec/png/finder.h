// Finds PNG files.
#pragma once

#include "codec/finder.h"

namespace lmz::png {

// Whole files of at most a block's size; a larger one is none.
extern const Finder kFinder;

}  // namespace lmz::png
