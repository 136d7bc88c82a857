#include "stream/models.h"

#include <new>
#include <utility>

#include "model/catalog.h"

namespace lmz {

namespace {

Status NoMemory() {
  return Status(Code::kOutOfMemory, "there is not enough memory for the model");
}

}  // namespace

const char* BuiltInName(size_t index) {
  return index < Catalog().size() ? Catalog()[index].name : nullptr;
}

Result<std::shared_ptr<const Network>> BuiltInModel(const std::string& name) {
  try {
    for (const CatalogRow& row : Catalog()) {
      if (row.name == name) {
        return FindModel({.number = row.number, .id = IdOfModelFile(row.file), .name = name}, {});
      }
    }
    return Status(Code::kModelMissing, "this library has no built-in model \"" + name + "\"");
  } catch (const std::bad_alloc&) {
    return NoMemory();
  }
}

Result<ModelSummary> DescribeModel(ByteSpan file) {
  try {
    LMZ_ASSIGN(ModelFile model, ParseModelFile(file));
    ModelSummary summary;
    summary.card = std::move(model.card);
    summary.id = model.id;
    summary.shape = model.glr.shape;
    summary.parameters = CountParameters(model.glr.shape);
    summary.file_size = file.size();
    for (const CatalogRow& row : Catalog()) {
      if (IdOfModelFile(row.file) != model.id) continue;
      summary.number = row.number;
      summary.level = row.level;
    }
    return summary;
  } catch (const std::bad_alloc&) {
    return NoMemory();
  }
}

std::vector<ModelSummary> BuiltInModels() {
  std::vector<ModelSummary> models;
  for (const CatalogRow& row : Catalog()) {
    Result<ModelSummary> model = DescribeModel(row.file);
    if (model.ok()) models.push_back(std::move(model).value());
  }
  return models;
}

Result<std::shared_ptr<const Network>> LoadModel(ByteSpan file) {
  try {
    LMZ_ASSIGN(Network network, Network::Load(file));
    return std::make_shared<const Network>(std::move(network));
  } catch (const std::bad_alloc&) {
    return NoMemory();
  }
}

Result<std::shared_ptr<const Network>> ModelOfLevel(int level) {
  if (level < 0 || level > 4) {
    return Status(Code::kInvalidArgument, "levels are 0 to 4, not " + std::to_string(level));
  }
  if (level == 0) return std::shared_ptr<const Network>();
  try {
    return FindModelOfLevel(level);
  } catch (const std::bad_alloc&) {
    return NoMemory();
  }
}

}  // namespace lmz
