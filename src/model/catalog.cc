#include "model/catalog.h"

#include <algorithm>
#include <array>

#include "model/built_in.h"

namespace lmz {

namespace {

consteval ModelId Id(const char (&digits)[33]) {
  ModelId id{};
  for (size_t i = 0; i < 2 * id.size(); ++i) {
    const char c = digits[i];
    id[i / 2] = static_cast<uint8_t>(16 * id[i / 2] + (c <= '9' ? c - '0' : c - 'a' + 10));
  }
  return id;
}

constexpr ModelId kBaseId = Id("58105b468b150d8b6343b47efa0ce57c");
constexpr ModelId kTinyId = Id("1ad92e8a6fe592e508083a55c3e1ba49");
constexpr ModelId kSmallId = Id("b7895092dff8b051adb2ffe105875be0");
constexpr ModelId kLargeId = Id("cfb8b348125431e0c1cd25656237731f");

}  // namespace

std::span<const CatalogRow> Catalog() {
  static const std::array rows = {
      CatalogRow{.number = 1, .name = "base", .level = 3, .file = BuiltInBase(), .id = kBaseId},
      CatalogRow{.number = 2, .name = "tiny", .level = 1, .file = BuiltInTiny(), .id = kTinyId},
      CatalogRow{.number = 3, .name = "small", .level = 2, .file = BuiltInSmall(), .id = kSmallId},
      CatalogRow{.number = 4, .name = "large", .level = 4, .file = {}, .id = kLargeId},
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

const CatalogRow* FindNumber(uint8_t number) {
  for (const CatalogRow& row : Catalog()) {
    if (row.number == number && number != 0) return &row;
  }
  return nullptr;
}

const CatalogRow* FindBuiltIn(const ModelId& id) {
  for (const CatalogRow& row : Catalog()) {
    if (!row.file.empty() && IdOfModelFile(row.file) == id) return &row;
  }
  return nullptr;
}

ModelReference ReferenceTo(const Model& model) {
  for (const CatalogRow& row : Catalog()) {
    if (row.number != 0 && row.id == model.id()) {
      return {.number = row.number, .id = row.id, .name = row.name};
    }
  }
  return {.number = 0, .id = model.id(), .name = model.card().name};
}

}  // namespace lmz
