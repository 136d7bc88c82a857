// The planner's ear: where the samples of uncompressed audio are, and blocks for them.
#pragma once

#include <cstdint>
#include <vector>

#include "base/bytes.h"
#include "plan/plan.h"

namespace lmz {

// A stretch of an input that is to be coded as audio; empty when begin equals end.
struct AudioRun {
  uint64_t begin = 0;
  uint64_t end = 0;
  SampleLayout samples;  // within the input; what surrounds them in the stretch is short
};

// The stretch of samples that the header at the beginning of `input` tells or, in a later part of
// an input, that `memory` (may be null) knows of; empty when audio coding is no gain on a probe of
// it, as behind a header that lies. Renews the memory. Both ends are 0 for an empty stretch.
AudioRun FindAudio(ByteSpan input, PlanMemory* memory);

// Appends blocks of at most max_size bytes that cover the stretch.
void PlanAudio(const AudioRun& run, uint64_t max_size, std::vector<BlockPlan>& plan);

}  // namespace lmz
