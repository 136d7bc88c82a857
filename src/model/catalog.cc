#include "model/catalog.h"

#include <array>
#include <map>
#include <mutex>

#include "model/built_in.h"

namespace lmz {

namespace {

struct Loaded {
  std::mutex mutex;
  std::map<std::pair<uint8_t, const NetworkKernels*>, std::shared_ptr<const Network>>
      networks;  // guarded by mutex
};

Loaded& LoadedNetworks() {
  static Loaded loaded;
  return loaded;
}

Result<std::shared_ptr<const Network>> Load(const CatalogRow& row) {
  Loaded& loaded = LoadedNetworks();
  const std::lock_guard lock(loaded.mutex);
  std::shared_ptr<const Network>& network =
      loaded.networks[{row.number, &BestKernels(NetworkBuilds())}];
  if (network == nullptr) {
    LMZ_ASSIGN(Network fresh, Network::Load(row.file));
    network = std::make_shared<const Network>(std::move(fresh));
  }
  return network;
}

Status Missing(const std::string& what) {
  return Status(Code::kModelMissing,
                what + " is neither built in nor given; get its .lmm file, load it and give it");
}

}  // namespace

std::span<const CatalogRow> Catalog() {
  static const std::array rows = {
      CatalogRow{.number = 1, .name = "base", .level = 3, .file = BuiltInBase()},
      CatalogRow{.number = 2, .name = "tiny", .level = 1, .file = BuiltInTiny()},
      CatalogRow{.number = 3, .name = "small", .level = 2, .file = BuiltInSmall()},
  };
  return rows;
}

ModelId IdOfModelFile(ByteSpan file) {
  ModelId id;
  std::copy(file.end() - id.size(), file.end(), id.begin());
  return id;
}

ModelReference ReferenceTo(const Network& model) {
  for (const CatalogRow& row : Catalog()) {
    if (IdOfModelFile(row.file) == model.id()) {
      return {.number = row.number, .id = model.id(), .name = row.name};
    }
  }
  return {.number = 0, .id = model.id(), .name = model.card().name};
}

Result<std::shared_ptr<const Network>> FindModel(
    const ModelReference& reference, std::span<const std::shared_ptr<const Network>> others) {
  for (const CatalogRow& row : Catalog()) {
    if (reference.number != 0 ? row.number == reference.number
                              : IdOfModelFile(row.file) == reference.id) {
      return Load(row);
    }
  }
  if (reference.number != 0) {
    return Status(Code::kNewerVersion, "model " + std::to_string(reference.number) +
                                           " is unknown to this version; a newer one is needed");
  }
  for (const auto& model : others) {
    if (model->id() == reference.id) return model;
  }
  return Missing("the model '" + reference.name + "' (id " + ModelIdText(reference.id) + ")");
}

Result<std::shared_ptr<const Network>> FindModelOfLevel(int level) {
  for (const CatalogRow& row : Catalog()) {
    if (row.level == level) return Load(row);
  }
  return Status(Code::kModelMissing, "no model for level " + std::to_string(level) +
                                         " is built in; load its file, or use levels 0 to 3");
}

}  // namespace lmz
