// Bytes in which there is no object: where to cut them, and how to code the pieces.
#pragma once

#include <cstdint>
#include <vector>

#include "base/bytes.h"
#include "plan/plan.h"

namespace lmz {

// Appends blocks of at most max_size bytes that cover input[offset, end), in order. Deterministic;
// time linear in the bytes.
void PlanStretch(ByteSpan input, uint64_t offset, uint64_t end, uint64_t max_size,
                 std::vector<BlockPlan>& plan);

}  // namespace lmz
