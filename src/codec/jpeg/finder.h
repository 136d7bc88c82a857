// Finds JPEG files.
#pragma once

#include "codec/finder.h"

namespace lmz::jpeg {

// Whole files of the kinds that the codec knows, up to EOI.
extern const Finder kFinder;

}  // namespace lmz::jpeg
