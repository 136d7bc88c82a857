// The models that lmz knows, and how a coded block names the one it needs.
//
// Every model that lmz ever shipped has a number for good (docs/spec/model.md lists them); other
// models are named by their id. Built-in ones are part of the program.
#pragma once

#include <memory>
#include <span>
#include <string>

#include "model/model_file.h"
#include "model/network.h"

namespace lmz {

// What a block says about its model.
struct ModelReference {
  uint8_t number = 0;  // of the catalog; 0: the id counts
  ModelId id{};
  std::string name;  // for messages
};

struct CatalogRow {
  uint8_t number;    // 1 .. 255, append-only
  const char* name;  // as in its model file
  int level;         // of the command line, which stands for this model; 0: none does any more
  ByteSpan file;     // the model file, which is built in
};

// All known models by ascending number. Static storage.
std::span<const CatalogRow> Catalog();

// The id that a whole model file (at least 16 bytes) says it has. Nothing is checked.
ModelId IdOfModelFile(ByteSpan file);

// The reference that names `model` in blocks.
ModelReference ReferenceTo(const Network& model);

// The model that `reference` names: one of `others`, or a built-in one, which is loaded on first
// use for the best kernels and then kept. Errors: kModelMissing with its name and id and
// where it was looked for; kModelDamaged never, unless the program is. Thread-safe.
Result<std::shared_ptr<const Network>> FindModel(
    const ModelReference& reference, std::span<const std::shared_ptr<const Network>> others);

// The model behind a level, 1 .. 4. Errors: kModelMissing.
Result<std::shared_ptr<const Network>> FindModelOfLevel(int level);

}  // namespace lmz
