// What the kernels need to advance the nodes of slots: the tables of bit_history.h and
// quick_probability.h, laid out for them.
#pragma once

#include "mix/kernels/mixer_kernels.h"

namespace lmz {

// Made on the first call; thread-safe.
const NodeSteps& AllNodeSteps();

}  // namespace lmz
