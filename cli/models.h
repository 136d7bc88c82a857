// The models of a run: which one compresses, where those are found that decompress, and what can be
// said about them.
#pragma once

#include <memory>
#include <string>

#include "cli/options.h"
#include "model/device.h"
#include "model/library.h"

namespace lmz::cli {

struct Models {
  SharedModel encoder;                        // null: no model (-0)
  std::shared_ptr<const ModelLibrary> known;  // where models are found; has the encoder, too
  std::shared_ptr<Device> device;             // where they run; null: on the CPU
};

// What `options` ask for. Errors: as ModelLibrary::OfLevel; those of LoadModelFile for --model.
Result<Models> LoadModels(const Options& options);

// A table of the models that are built in, of those in the folders of the environment, and of those
// that are installed: for --list-models. Errors: kOutOfMemory.
Result<std::string> ModelTable(const Options& options);

// Everything that the model file `path` says about itself: for --model-info. Errors: as
// DescribeModelFile.
Result<std::string> ModelInfo(const std::string& path);

}  // namespace lmz::cli
