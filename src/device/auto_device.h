// A device that is there when it is worth it.
#pragma once

#include <memory>

#include "model/device.h"

namespace lmz {

// All GPUs that there are, set up when the first block is worth it: of such a model and in so many
// lanes that a GPU was measured to be quicker (docs/benchmarks.md). May throw std::bad_alloc.
std::shared_ptr<Device> AutoDevice();

}  // namespace lmz
