// The models that lmz knows by name, and how a coded block names the one it needs.
//
// Each model that was ever released has a number for good (docs/spec/model.md lists them), whether
// it is built in, a file or not here at all; blocks name all others by their id.
#pragma once

#include <span>
#include <string>

#include "model/model.h"
#include "model/model_file.h"

namespace lmz {

// What a block says about its model.
struct ModelReference {
  uint8_t number = 0;  // of the catalog, whose id must begin as `id` does; 0: the whole id counts
  ModelId id{};
  std::string name = {};  // of its card; for messages, and where to look first
};

struct CatalogRow {
  uint8_t number;    // 1 .. 254, append-only, stands for `id`; 0: blocks name its id
  const char* name;  // its file is called NAME.lmm
  int level;         // of the command line, which stands for this model; 0: none does any more
  ByteSpan file;     // the model file, which is built in; empty: it is installed as a file
  ModelId id{};      // of a numbered model
};

// All known models; the built-in ones come first, by ascending number. Static storage.
std::span<const CatalogRow> Catalog();

// The highest level that stands for a model. The lowest level, 0, does without one.
int MaxLevel();

// The id that a whole model file (at least 16 bytes) says it has. Nothing is checked.
ModelId IdOfModelFile(ByteSpan file);

// The row of that number, which is not 0; null: there is none.
const CatalogRow* FindNumber(uint8_t number);

// The row of the built-in model with this id; null: there is none.
const CatalogRow* FindBuiltIn(const ModelId& id);

// The reference that names `model` in blocks.
ModelReference ReferenceTo(const Model& model);

}  // namespace lmz
