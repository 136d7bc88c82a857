// Steps of a gated linear recurrent network (docs/spec/numerics.md, section 4).
#pragma once

#include <cstdint>

#include "model/glr/lane_states.h"
#include "model/glr/packed_weights.h"

namespace lmz {

// Session::Step for a network of this architecture: the parts are its layers as evenly as can be,
// the first with the input, the last with the output.
void StepGlr(const PackedGlr& network, LaneStates& states, int first, int count, StepPart part,
             const uint8_t* input_bytes, uint32_t* weights, StepScratch& scratch);

// Session::StepAhead for such a network: `scratch` is for as many positions, count * times.
void StepGlrAhead(const PackedGlr& network, LaneStates& states, int first, int count, int times,
                  const uint8_t* input_bytes, uint32_t* weights, StepScratch& scratch);

}  // namespace lmz
