// The section VOCA of a model file: docs/spec/model.md, 2.5.
#pragma once

#include "model/token/vocabulary.h"

namespace lmz {

// The vocabulary of a model with `model_rows` rows. Memory is bounded by kMaxTextSize and
// payload.size(). Errors: kModelDamaged, kTruncated, kNewerVersion for a segmenter that this
// version does not know.
Result<Vocabulary> ReadVocabulary(ByteSpan payload, uint32_t model_rows);

// The section's data.
Bytes WriteVocabulary(const Vocabulary& vocabulary);

}  // namespace lmz
