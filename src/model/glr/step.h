// Steps of a gated linear recurrent network (docs/spec/numerics.md, section 4).
#pragma once

#include <cstdint>

#include "model/glr/lane_states.h"
#include "model/glr/packed_weights.h"

namespace lmz {

// `times` steps of the lanes first .. first + count - 1.
struct GlrSteps {
  int first = 0;
  int count = 1;
  int times = 1;
};

// Session::Step for a network of this architecture: the parts are its layers as evenly as can be,
// the first with the input, the last with the output. With times > 1, and then without parts,
// Session::StepAhead: `scratch` is for as many positions, count * times.
void StepGlr(const PackedGlr& network, LaneStates& states, const GlrSteps& steps, StepPart part,
             const uint8_t* input_bytes, uint32_t* weights, StepScratch& scratch);

}  // namespace lmz
