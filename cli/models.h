// The models of a run: which one compresses, which ones are at hand to decompress, and what can be
// said about them.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "api/models.h"
#include "options.h"

namespace lmz {

struct Models {
  std::shared_ptr<const Network> encoder;                // null: no model (-0)
  std::vector<std::shared_ptr<const Network>> decoders;  // beside the built-in ones
};

// What `options` ask for. Errors: kModelMissing for a level without a model in this version; kIo,
// kModelDamaged, kNewerVersion for the file of --model.
Result<Models> LoadModels(const Options& options);

// A table of all models that this version knows: for --list-models.
std::string ModelTable();

// Everything that the model file `path` says about itself: for --model-info. Errors: as LoadModels.
Result<std::string> ModelInfo(const std::string& path);

}  // namespace lmz
