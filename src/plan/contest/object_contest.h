// Coding objects, alone or joined with what they repeat, unless the same bytes are smaller without
// their codecs: tiles, sprites and loops repeat too often for those.
#pragma once

#include "plan/model_use.h"
#include "plan/plan.h"

namespace lmz {

// EncodePlanned of an object's block, which as mere bytes may get `filters`. There is
// a contest where plan.content is that of an object. Without a model, which is level 0, codecs that
// have a quicker way take that.
Result<BlockHeader> EncodeObject(ByteSpan raw, const BlockPlan& plan, uint8_t filters,
                                 const ModelUse& use, Bytes& payload,
                                 const BlockResources& resources);

// EncodePlanned of a block of parts.
Result<BlockHeader> EncodeJoined(ByteSpan raw, const BlockPlan& plan, const ModelUse& use,
                                 Bytes& payload, const BlockResources& resources);

}  // namespace lmz
