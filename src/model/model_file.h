// The model file `.lmm` (docs/spec/model.md): parsed with every rule checked before anything is
// used, and written by the tools that make models.
#pragma once

#include <optional>

#include "base/bytes.h"
#include "model/glr/weights.h"
#include "model/mixer_start.h"
#include "model/model_card.h"

namespace lmz {

struct ModelFile {
  ModelId id{};  // set by ParseModelFile; WriteModelFile computes it
  ModelCard card;
  GlrWeights glr;
  std::optional<MixerStart> mixer_start;
};

// Reads a whole model file. Errors: kModelDamaged (with what and where); kNewerVersion for a
// version, architecture or section that this version does not know. Memory and time are bounded by
// file.size(). Thread-safe.
Result<ModelFile> ParseModelFile(ByteSpan file);

// The bytes of the file for `model`. Errors: kInvalidArgument when a number or text breaks a rule.
Result<Bytes> WriteModelFile(const ModelFile& model);

}  // namespace lmz
