// What each byte of a file took, through all that its codecs and filters made of it.
#pragma once

#include "stream/explain/explanation.h"

namespace lmz {

// [byte of the content]: in 1/65536 bit. Where only the sum of several is known, as of a picture's,
// they share it evenly. All payloads are in it, headers are not.
std::vector<uint64_t> CostsByByte(const Explanation& explanation);

}  // namespace lmz
