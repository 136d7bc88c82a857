// Trains the weights that the context mixer starts with beside a model.
#pragma once

#include "base/bytes.h"
#include "base/status.h"
#include "model/model_file.h"

namespace lmz::train {

// Sets model.mixer_start by compressing pieces from all over `data`, each with an empty mixer that
// begins with what the last one learnt: short inputs are what the start matters for. 80 pieces of
// 8,000 bytes, or fewer where `data` is shorter. Errors: kInvalidArgument for a model that the
// library would refuse or data shorter than one piece.
Status TrainMixerStart(ByteSpan data, ModelFile& model);

}  // namespace lmz::train
