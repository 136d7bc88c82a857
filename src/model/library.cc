#include "model/library.h"

#include <algorithm>
#include <map>
#include <mutex>
#include <utility>

#include "base/memory_errors.h"
#include "cpu/features.h"
#include "model/file/model_file_reader.h"
#include "model/glr/glr_predictor.h"
#include "model/installed_folder.h"
#include "model/model_card.h"
#include "model/model_folder.h"
#include "model/transformer/transformer_predictor.h"

namespace lmz {

// Models in use, each bound to the kernels of the features that were active when it was loaded.
struct ModelLibrary::Loaded {
  using Key = std::pair<ModelId, Features>;

  // The model `id`, or what `load` gives when it is not here.
  template <class Load>
  Result<SharedModel> Get(const ModelId& id, Load load) {
    const std::lock_guard lock(mutex);
    const auto known = models.find(Key(id, ActiveFeatures()));
    if (known != models.end()) return known->second;
    LMZ_ASSIGN(const SharedModel model, load());
    return models.emplace(Key(model->id(), ActiveFeatures()), model).first->second;
  }

  // The model `id`; null: it is not here.
  SharedModel Find(const ModelId& id) {
    const std::lock_guard lock(mutex);
    const auto known = models.find(Key(id, ActiveFeatures()));
    return known == models.end() ? nullptr : known->second;
  }

  std::mutex mutex;  // held while one is loaded, so that nobody loads it a second time
  std::map<Key, SharedModel> models;  // guarded by mutex
};

namespace {

using Accept = ModelFileReader::Accept;

// "A", "A or B", "A or B or C".
std::string Either(const std::vector<std::string>& places) {
  std::string text;
  for (const std::string& place : places) text += (text.empty() ? "" : " or ") + place;
  return text;
}

Status NotFound(const ModelReference& reference, const std::vector<std::string>& folders) {
  return Status(Code::kModelMissing,
                "model '" + reference.name + "' (id " + ModelIdText(reference.id) +
                    ") not found; " +
                    (folders.empty() ? "load it from its .lmm file and add it"
                                     : "install its .lmm file in " + Either(folders)));
}

bool HasId(const ModelFileReader& file, const ModelId& id) {
  const Result<ModelId> found = file.ReadId();
  return found.ok() && found.value() == id;
}

// Adds what `file` says about itself; not when it is no model, nor, without a level, when it has
// been described already. Errors: kOutOfMemory.
Status AppendFile(ModelFileReader& file, int level, std::vector<ModelSummary>& models) {
  const Result<ModelId> id = file.ReadId();
  if (!id.ok()) return OkStatus();
  const auto is_same = [&](const ModelSummary& model) { return model.id == id.value(); };
  if (level == 0 && std::any_of(models.begin(), models.end(), is_same)) return OkStatus();
  const Result<Bytes> bytes = file.ReadAll();
  if (!bytes.ok()) return OkStatus();
  Result<ModelSummary> summary = DescribeModel(bytes.value());
  if (summary.status().code() == Code::kOutOfMemory) return summary.status();
  if (!summary.ok()) return OkStatus();
  models.push_back(std::move(summary).value());
  if (level != 0) models.back().level = level;
  models.back().path = file.path();
  return OkStatus();
}

}  // namespace

Result<SharedModel> LoadModel(ByteSpan file) {
  return WithMemoryErrors(
      [&]() -> Result<SharedModel> {
        LMZ_ASSIGN(const ModelFile model, ParseModelFile(file));
        if (model.transformer() != nullptr) {
          return SharedModel(std::make_shared<const TransformerPredictor>(model));
        }
        return SharedModel(std::make_shared<const GlrPredictor>(model));
      },
      kNoMemoryForModel);
}

Result<SharedModel> LoadModelFile(const std::string& path) {
  LMZ_ASSIGN(const Bytes file, ReadModelFile(path));
  Result<SharedModel> model = LoadModel(file);
  if (!model.ok()) return model.status().At(path);
  return model;
}

ModelLibrary::ModelLibrary() : loaded_(std::make_shared<Loaded>()) {}

const std::shared_ptr<const ModelLibrary>& ModelLibrary::Installed() {
  static const std::shared_ptr<const ModelLibrary> installed = [] {
    const auto library = std::make_shared<ModelLibrary>();
    library->AddFolder(InstalledModelFolder());
    return library;
  }();
  return installed;
}

void ModelLibrary::Add(SharedModel model) {
  added_.push_back(std::move(model));
}

void ModelLibrary::AddFolder(const std::string& path) {
  if (!path.empty()) folders_.push_back(path);
}

void ModelLibrary::AddFirstFolder(const std::string& path) {
  if (!path.empty()) folders_.insert(folders_.begin(), path);
}

Result<SharedModel> ModelLibrary::OfLevel(int level) const {
  if (level == 0) return SharedModel();
  for (const CatalogRow& row : Catalog()) {
    if (row.level != level || level < 0) continue;
    const Result<SharedModel> model =
        WithMemoryErrors([&] { return OfRow(row); }, kNoMemoryForModel);
    return model.ok() ? model : model.status().At("level " + std::to_string(level));
  }
  return Status(Code::kInvalidArgument,
                "levels are 0 to " + std::to_string(MaxLevel()) + ", not " + std::to_string(level));
}

Result<SharedModel> ModelLibrary::OfName(const std::string& name) const {
  for (const CatalogRow& row : Catalog()) {
    if (row.name == name) return WithMemoryErrors([&] { return OfRow(row); }, kNoMemoryForModel);
  }
  if (!IsModelName(name)) {
    return Status(Code::kModelMissing, "'" + name + "' is not the name of a model");
  }
  return WithMemoryErrors([&] { return FromFolders(name); }, kNoMemoryForModel);
}

Result<SharedModel> ModelLibrary::Find(const ModelReference& reference) const {
  ModelReference wanted = reference;
  if (reference.number != 0) {
    const CatalogRow* const row = FindNumber(reference.number);
    if (row == nullptr) {
      return Status(Code::kNewerVersion, "model " + std::to_string(reference.number) +
                                             " requires a newer version of lmz");
    }
    if (row->id[0] != reference.id[0]) {
      return Status(Code::kModelMissing, "the file was made with another model than the '" +
                                             std::string(row->name) + "' of this version");
    }
    wanted.id = row->id;
    wanted.name = row->name;
  }
  return WithMemoryErrors([&] { return OfId(wanted); }, kNoMemoryForModel);
}

Result<SharedModel> ModelLibrary::OfRow(const CatalogRow& row) const {
  static Loaded built_in;
  if (row.file.empty()) return FromFolders(row.name);
  return built_in.Get(IdOfModelFile(row.file), [&row] { return LoadModel(row.file); });
}

// The file that is open is the one whose id was read and the one that is loaded, even when another
// one takes its name meanwhile.
Result<SharedModel> ModelLibrary::LoadFile(ModelFileReader& file) const {
  LMZ_ASSIGN(const ModelId id, file.ReadId());
  return loaded_->Get(id, [&file]() -> Result<SharedModel> {
    LMZ_ASSIGN(const Bytes bytes, file.ReadAll());
    const Result<SharedModel> model = LoadModel(bytes);
    return model.ok() ? model : model.status().At(file.path());
  });
}

Result<SharedModel> ModelLibrary::FromFolders(const std::string& name) const {
  std::vector<std::string> places;
  for (const std::string& folder : folders_) {
    places.push_back(ModelPath(folder, name));
    const auto file = ModelFileReader::Open(places.back(), Accept::kRegular);
    if (file.ok()) return LoadFile(*file.value());
    if (file.status().code() != Code::kModelMissing) return file.status();
  }
  return Status(Code::kModelMissing,
                places.empty() ? "model '" + name + "' is not built in; load it from its file"
                               : "model '" + name + "' not found; install it as " + Either(places));
}

Result<SharedModel> ModelLibrary::OfId(const ModelReference& reference) const {
  if (const CatalogRow* row = FindBuiltIn(reference.id)) return OfRow(*row);
  for (const SharedModel& model : added_) {
    if (model->id() == reference.id) return model;
  }
  if (SharedModel model = loaded_->Find(reference.id)) return model;
  Status failure;  // of the first file that says it is the one
  std::vector<std::string> places;
  for (const std::string& folder : folders_) {
    const FolderListing listing = ListModelFolder(folder);
    // Most files are called like their models; this one counts even where not all are listed.
    std::vector<std::string> paths;
    if (IsModelName(reference.name)) paths.push_back(ModelPath(folder, reference.name));
    paths.insert(paths.end(), listing.files.begin(), listing.files.end());
    for (const std::string& path : paths) {
      const auto file = ModelFileReader::Open(path, Accept::kRegular);
      if (!file.ok() || !HasId(*file.value(), reference.id)) continue;
      const Result<SharedModel> model = LoadFile(*file.value());
      if (model.ok() && model.value()->id() == reference.id) return model;
      if (failure.ok()) failure = model.status();
    }
    places.push_back(folder + (listing.trouble.empty() ? "" : ", which " + listing.trouble));
  }
  return failure.ok() ? NotFound(reference, places) : failure;
}

Result<std::vector<ModelSummary>> ModelLibrary::List() const {
  return WithMemoryErrors(
      [&]() -> Result<std::vector<ModelSummary>> {
        std::vector<ModelSummary> models;
        for (const CatalogRow& row : Catalog()) {
          if (row.file.empty()) continue;
          LMZ_ASSIGN(models.emplace_back(), DescribeModel(row.file));
        }
        for (const CatalogRow& row : Catalog()) {
          for (const std::string& folder : folders_) {
            if (!row.file.empty()) break;
            const auto file = ModelFileReader::Open(ModelPath(folder, row.name), Accept::kRegular);
            if (!file.ok()) continue;
            LMZ_TRY(AppendFile(*file.value(), row.level, models));
            break;
          }
        }
        for (const std::string& folder : folders_) {
          for (const std::string& path : ListModelFolder(folder).files) {
            const auto file = ModelFileReader::Open(path, Accept::kRegular);
            if (file.ok()) LMZ_TRY(AppendFile(*file.value(), 0, models));
          }
        }
        return models;
      },
      kNoMemoryForModel);
}

}  // namespace lmz
