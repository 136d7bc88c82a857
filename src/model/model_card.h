// The CARD section of a model file: who made the model, under which licence (docs/spec/model.md).
#pragma once

#include "base/bytes.h"
#include "model/model_file.h"

namespace lmz {

// Whether a card may have this name.
bool IsModelName(const std::string& name);

// Errors: kModelDamaged when a text breaks its rule (ModelCard).
Status CheckCard(const ModelCard& card);

// Errors: kModelDamaged, kTruncated.
Result<ModelCard> ReadCard(ByteSpan payload);

// `card` must pass CheckCard.
Bytes WriteCard(const ModelCard& card);

}  // namespace lmz
