#include "model/catalog.h"

#include <algorithm>
#include <array>

#include "model/built_in.h"

namespace lmz {

std::span<const CatalogRow> Catalog() {
  static const std::array rows = {
      CatalogRow{.number = 1, .name = "base", .level = 3, .file = BuiltInBase()},
      CatalogRow{.number = 2, .name = "tiny", .level = 1, .file = BuiltInTiny()},
      CatalogRow{.number = 3, .name = "small", .level = 2, .file = BuiltInSmall()},
      CatalogRow{.number = 0, .name = "large", .level = 4, .file = {}},
      CatalogRow{.number = 0, .name = "llm", .level = 5, .file = {}},
  };
  return rows;
}

int MaxLevel() {
  int level = 0;
  for (const CatalogRow& row : Catalog()) level = std::max(level, row.level);
  return level;
}

ModelId IdOfModelFile(ByteSpan file) {
  ModelId id;
  std::copy(file.end() - id.size(), file.end(), id.begin());
  return id;
}

const CatalogRow* FindBuiltIn(const ModelId& id) {
  for (const CatalogRow& row : Catalog()) {
    if (!row.file.empty() && IdOfModelFile(row.file) == id) return &row;
  }
  return nullptr;
}

ModelReference ReferenceTo(const Model& model) {
  const CatalogRow* row = FindBuiltIn(model.id());
  if (row != nullptr) return {.number = row->number, .id = model.id(), .name = row->name};
  return {.number = 0, .id = model.id(), .name = model.card().name};
}

}  // namespace lmz
