// One step of a gated linear recurrent network (docs/spec/numerics.md, section 4).
#pragma once

#include <cstdint>

#include "model/bound_glr.h"
#include "model/lane_states.h"

namespace lmz {

// Network::Step for a network of this architecture.
void StepGlr(const BoundGlr& network, LaneStates& states, int first, int count,
             const uint8_t* input_bytes, uint32_t* weights, StepScratch& scratch);

}  // namespace lmz
