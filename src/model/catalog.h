// The models that lmz knows by name, and how a coded block names the one it needs.
//
// Each model that was ever built in has a number for good (docs/spec/model.md lists them); blocks
// name all others by their id.
#pragma once

#include <span>
#include <string>

#include "model/model.h"
#include "model/model_file.h"

namespace lmz {

// What a block says about its model.
struct ModelReference {
  uint8_t number = 0;  // of the catalog; 0: the id counts
  ModelId id{};
  std::string name = {};  // of its card; for messages, and where to look first
};

struct CatalogRow {
  uint8_t number;    // 1 .. 255, append-only; 0: blocks name its id
  const char* name;  // its file is called NAME.lmm
  int level;         // of the command line, which stands for this model; 0: none does any more
  ByteSpan file;     // the model file, which is built in; empty: it is installed as a file
};

// All known models; the built-in ones come first, by ascending number. Static storage.
std::span<const CatalogRow> Catalog();

// The highest level that stands for a model. The lowest level, 0, does without one.
int MaxLevel();

// The id that a whole model file (at least 16 bytes) says it has. Nothing is checked.
ModelId IdOfModelFile(ByteSpan file);

// The row of the built-in model with this id; null: there is none.
const CatalogRow* FindBuiltIn(const ModelId& id);

// The reference that names `model` in blocks.
ModelReference ReferenceTo(const Model& model);

}  // namespace lmz
