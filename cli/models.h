// The models of a run: which one compresses, which ones are at hand to decompress, and what can be
// said about them.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "cli/model_folder.h"
#include "cli/options.h"

namespace lmz {

struct Models {
  std::shared_ptr<const Network> encoder;                // null: no model (-0)
  std::vector<std::shared_ptr<const Network>> decoders;  // beside the built-in ones
  std::shared_ptr<ModelFolder> folder = std::make_shared<ModelFolder>();  // asked after those
};

// What `options` ask for. Errors: kModelMissing for a level whose model is not here; kIo,
// kModelDamaged, kNewerVersion for the file of --model or of level 4.
Result<Models> LoadModels(const Options& options);

// A table of the models that are built in and of those in the folder: for --list-models.
std::string ModelTable();

// Everything that the model file `path` says about itself: for --model-info. Errors: as LoadModels.
Result<std::string> ModelInfo(const std::string& path);

}  // namespace lmz
