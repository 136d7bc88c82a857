// Models for callers of the pipelines: loading them, those of levels, and what is known of them.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "model/catalog.h"  // ModelReference, IdOfModelFile
#include "model/network.h"

namespace lmz {

struct ModelSummary {
  int number = 0;  // by which blocks name it; 0: they name its id
  int level = 0;   // that uses it; 0: none
  ModelCard card;
  ModelId id{};
  GlrShape shape;
  uint64_t parameters = 0;  // as CountParameters says
  uint64_t file_size = 0;   // bytes
};

// The models that are part of this library, by ascending number.
std::vector<ModelSummary> BuiltInModels();

// The name of the built-in model `index`, counted from 0; null behind the last. Static storage.
const char* BuiltInName(size_t index);

// The built-in model `name`, loaded by the first call for it and then kept. Errors: kModelMissing,
// kOutOfMemory. Thread-safe.
Result<std::shared_ptr<const Network>> BuiltInModel(const std::string& name);

// What a whole model file says about itself. Errors: kModelDamaged, kNewerVersion.
Result<ModelSummary> DescribeModel(ByteSpan file);

// A whole model file, ready for use with the best kernels for this CPU. Errors: kModelDamaged,
// kNewerVersion, kOutOfMemory.
Result<std::shared_ptr<const Network>> LoadModel(ByteSpan file);

// The built-in model of `level`; null for level 0, which has none. The first call for a level loads
// it. Errors: kInvalidArgument unless 0 <= level <= 4; kModelMissing when this version has none;
// kOutOfMemory. Thread-safe.
Result<std::shared_ptr<const Network>> ModelOfLevel(int level);

}  // namespace lmz
