// The C boundary: models.
#include "c_api/support.h"
#include "model/installed_folder.h"

namespace {

using lmz::Code;
using lmz::Result;
using lmz::Status;
using Handle = std::unique_ptr<lmz_model>;

Result<Handle> MakeHandle(Result<lmz::SharedModel> network) {
  LMZ_TRY(network.status());
  const uint64_t parameters = network.value()->parameters();
  return std::make_unique<lmz_model>(lmz_model{std::move(network).value(), parameters});
}

Result<Handle> OfLevel(const lmz::ModelLibrary& library, int level) {
  if (level == 0) return Status(Code::kInvalidArgument, "level 0 has no model");
  return MakeHandle(library.OfLevel(level));
}

}  // namespace

const char* lmz_built_in_name(size_t index) {
  for (const lmz::CatalogRow& row : lmz::Catalog()) {
    if (!row.file.empty() && index-- == 0) return row.name;
  }
  return nullptr;
}

lmz_code lmz_model_built_in(lmz_model** model, const char* name, lmz_error* error) {
  return lmz::GuardCreate(model, error, [&]() -> Result<Handle> {
    LMZ_TRY(lmz::CheckPointer(name, "name"));
    return MakeHandle(lmz::ModelLibrary().OfName(name));
  });
}

lmz_code lmz_model_of_level(lmz_model** model, int level, lmz_error* error) {
  return lmz::GuardCreate(model, error, [&]() -> Result<Handle> {
    return OfLevel(*lmz::ModelLibrary::Installed(), level);
  });
}

lmz_code lmz_model_load(lmz_model** model, const void* file, size_t file_size, lmz_error* error) {
  return lmz::GuardCreate(model, error, [&]() -> Result<Handle> {
    LMZ_TRY(lmz::CheckBuffer(file, file_size));
    return MakeHandle(lmz::LoadModel(lmz::Span(file, file_size)));
  });
}

lmz_code lmz_model_load_file(lmz_model** model, const char* path, lmz_error* error) {
  return lmz::GuardCreate(model, error, [&]() -> Result<Handle> {
    LMZ_TRY(lmz::CheckPointer(path, "path"));
    return MakeHandle(lmz::LoadModelFile(path));
  });
}

void lmz_model_free(lmz_model* model) {
  delete model;
}

const char* lmz_model_name(const lmz_model* model) {
  return model == nullptr ? "" : model->network->card().name.c_str();
}

void lmz_model_id(const lmz_model* model, uint8_t id[16]) {
  if (id == nullptr) return;
  const lmz::ModelId bytes = model == nullptr ? lmz::ModelId{} : model->network->id();
  static_assert(sizeof(bytes) == 16, "part of the binary interface");
  std::copy(bytes.begin(), bytes.end(), id);
}

uint64_t lmz_model_parameters(const lmz_model* model) {
  return model == nullptr ? 0 : model->parameters;
}

lmz_code lmz_model_library_create(lmz_model_library** library, lmz_error* error) {
  return lmz::GuardCreate(library, error, []() -> Result<std::unique_ptr<lmz_model_library>> {
    return std::make_unique<lmz_model_library>();
  });
}

void lmz_model_library_free(lmz_model_library* library) {
  delete library;
}

lmz_code lmz_model_library_add_folder(lmz_model_library* library, const char* path,
                                      lmz_error* error) {
  return lmz::Guard(error, [&]() -> Status {
    LMZ_TRY(lmz::CheckPointer(library, "object"));
    if (path != nullptr && *path == '\0') {
      return Status(Code::kInvalidArgument, "the path of the folder is empty");
    }
    library->library.AddFolder(path == nullptr ? lmz::InstalledModelFolder() : path);
    return lmz::OkStatus();
  });
}

lmz_code lmz_model_from_library(lmz_model** model, const lmz_model_library* library, int level,
                                lmz_error* error) {
  return lmz::GuardCreate(model, error, [&]() -> Result<Handle> {
    LMZ_TRY(lmz::CheckPointer(library, "library"));
    return OfLevel(library->library, level);
  });
}
