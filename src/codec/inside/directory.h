// The directory of a zip file repeats what the local headers say. spec.md, section 5.
#pragma once

#include "base/bytes.h"

namespace lmz::inside {

// Makes zeros of what the records of directories in `bytes` have in common with their local
// headers, in place. The same is its way back. False when there is no record. Time linear.
bool XorDirectories(MutableByteSpan bytes);

}  // namespace lmz::inside
