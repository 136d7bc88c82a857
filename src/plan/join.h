// Blocks that repeat each other become one, since copies do not reach from one block to another.
#pragma once

#include <vector>

#include "plan/plan.h"

namespace lmz {

// Joins blocks of `plan`, which follow each other in `window`, around objects: an object with what
// repeats it, and what repeats itself across objects. An object that holds long copies is cut into
// what is left of it. No block becomes larger than max_size. Deterministic; time linear in the
// bytes but for sorting the pairs of blocks.
void JoinRepeats(ByteSpan window, uint64_t max_size, std::vector<BlockPlan>& plan);

}  // namespace lmz
