// A device that is there when it is worth it.
#pragma once

#include <memory>

#include "model/device.h"

namespace lmz {

// All GPUs that there are, set up when the first block is worth it: of a large model, in 64 lanes,
// and one of at least eight, from which on a GPU should be quicker by what docs/benchmarks.md
// measured of one block and of many. May throw std::bad_alloc.
std::shared_ptr<Device> AutoDevice();

}  // namespace lmz
