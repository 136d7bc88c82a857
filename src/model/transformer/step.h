// One step of a transformer (docs/spec/numerics.md, 6.13) for some tokens in a row of some lanes.
#pragma once

#include <cstdint>
#include <span>

#include "model/transformer/bound_transformer.h"
#include "model/transformer/lane_cache.h"
#include "model/transformer/step_memory.h"
#include "model/transformer/thread_team.h"

namespace lmz {

// The tokens of one step: `positions` for each of `lanes`, of which tokens[lane * stride + p] is
// read and weights[(lane * stride + p) * vocabulary size ..] is written. places[lane] is the place
// of the first of lane lanes[lane]. No lane forgets tokens before any but its first position.
struct StepTokens {
  std::span<const int> lanes;
  std::span<const uint64_t> places;  // [lanes]
  int positions = 1;
  ptrdiff_t stride = 1;
  const uint32_t* tokens = nullptr;
  uint32_t* weights = nullptr;
};

// `memory` has rows for all tokens and as many workers as `team`.
void StepTransformer(const BoundTransformer& network, const StepTokens& tokens, LaneCaches& caches,
                     StepMemory& memory, ThreadTeam& team);

}  // namespace lmz
