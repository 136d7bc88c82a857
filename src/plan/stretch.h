// Bytes in which there is no object: where to cut them, and how to code the pieces.
#pragma once

#include <cstdint>
#include <vector>

#include "base/bytes.h"
#include "plan/plan.h"

namespace lmz {

// Appends blocks that cover input[offset, end), in order. Deterministic; time linear in the bytes.
void PlanStretch(ByteSpan input, uint64_t offset, uint64_t end, const PlanOptions& options,
                 std::vector<BlockPlan>& plan);

}  // namespace lmz
