#include "plan/contest/contestant.h"

#include <utility>

#include "codec/model_reference.h"
#include "model/catalog.h"
#include "model/model.h"
#include "model/token/token_predictor.h"

namespace lmz {

namespace {

size_t NameSizeOf(const Model& model) {
  const ModelReference reference = ReferenceTo(model);
  return reference.number != 0 ? 0 : reference.id.size() + 1 + reference.name.size();
}

}  // namespace

Result<std::vector<SharedModel>> LowerModels(const Model& model, const ModelLibrary& library) {
  std::vector<SharedModel> models;
  int level = 0;
  for (const CatalogRow& row : Catalog()) {
    if (row.level != 0 && row.name == model.card().name) level = row.level;
  }
  const bool has_tokens = model.as_token_predictor() != nullptr;
  if (has_tokens) level = MaxLevel();
  for (int lower = 1; lower < level; ++lower) {
    Result<SharedModel> lower_model = library.OfLevel(lower);
    if (has_tokens && lower_model.status().code() == Code::kModelMissing) continue;
    LMZ_TRY(lower_model.status());
    models.push_back(std::move(lower_model).value());
  }
  return models;
}

size_t NameSize(const CodecOptions& options) {
  if (const auto* text = std::get_if<TextOptions>(&options)) return NameSizeOf(*text->model);
  if (const auto* token = std::get_if<TokenOptions>(&options)) return NameSizeOf(*token->model);
  return 0;
}

}  // namespace lmz
