// Coding files of which the codec `inside` takes out what is compressed in them: what comes out is
// planned like any other bytes.
#pragma once

#include "plan/model_use.h"
#include "plan/plan.h"

namespace lmz {

// EncodePlanned of a block whose options are InsideOptions.
Result<BlockHeader> EncodeUnpacked(ByteSpan raw, const BlockPlan& plan, const ModelUse& use,
                                   Bytes& payload, const BlockResources& resources);

}  // namespace lmz
