// Coding one block as planned, with a model at hand: where the plan cannot know which codec or
// profile is the smaller, they compete.
#pragma once

#include "plan/model_use.h"
#include "plan/plan.h"

namespace lmz {

// EncodeBlock of `raw` as `plan` says (its offset and size do not count). A choice of `bytes` means
// that the planner leaves the codec open: with a model, text goes to the `text` codec, and where it
// may lose to `bytes` both are tried. A model of tokens competes with those of bytes for text.
// `plan.content` decides which contests are worth their time. Deterministic; errors as EncodeBlock.
Result<BlockHeader> EncodePlanned(ByteSpan raw, const BlockPlan& plan, const ModelUse& use,
                                  Bytes& payload, const BlockResources& resources);

}  // namespace lmz
