#include "cli/model_folder.h"

#include <algorithm>
#include <filesystem>

#include "cli/io/input_file.h"

namespace lmz {

namespace fs = std::filesystem;

namespace {

// Far above any model that the format allows to be useful; keeps a wrong path from filling memory.
constexpr uint64_t kMaxModelFileSize = uint64_t{1} << 30;

Result<std::shared_ptr<const Network>> LoadFile(const std::string& path) {
  LMZ_ASSIGN(const Bytes file, ReadModelFile(path));
  Result<std::shared_ptr<const Network>> model = LoadModel(file);
  if (!model.ok()) return model.status().At(path);
  return model;
}

}  // namespace

Result<Bytes> ReadModelFile(const std::string& path) {
  LMZ_ASSIGN(const std::unique_ptr<InputFile> input,
             InputFile::Open(path, InputFile::Accept::kAnyReadable));
  Bytes file;
  LMZ_TRY(ReadGrowing(*input, kMaxModelFileSize, file));
  return file;
}

// LMZ_MODEL_FOLDER leads from the folder of the program to that of the models, in any prefix.
ModelFolder::ModelFolder() {
  std::error_code error;
  const fs::path program = fs::read_symlink("/proc/self/exe", error);
  if (!error) path_ = (program.parent_path() / LMZ_MODEL_FOLDER).lexically_normal().string();
}

std::vector<std::string> ModelFolder::Files() const {
  std::vector<std::string> files;
  std::error_code error;
  for (fs::directory_iterator it(path_, error), end; !error && it != end; it.increment(error)) {
    std::error_code ignored;
    if (it->path().extension() == ".lmm" && it->is_regular_file(ignored)) {
      files.push_back(it->path().string());
    }
  }
  std::sort(files.begin(), files.end());
  return files;
}

Result<std::shared_ptr<const Network>> ModelFolder::Load(const std::string& name) const {
  const std::string file = (fs::path(path_) / (name + ".lmm")).string();
  std::error_code error;
  if (path_.empty() || !fs::exists(file, error)) {
    return Status(Code::kModelMissing, "the model '" + name +
                                           "' is neither built in nor is there " + file +
                                           "; put its file there, or choose -0 to -3");
  }
  return LoadFile(file);
}

Result<std::shared_ptr<const Network>> ModelFolder::Find(const ModelReference& reference) {
  const std::lock_guard lock(mutex_);
  for (const auto& model : found_) {
    if (model->id() == reference.id) return model;
  }
  for (const std::string& path : Files()) {
    const Result<Bytes> file = ReadModelFile(path);  // one that cannot be read is not the one
    if (!file.ok() || file.value().size() < sizeof(ModelId)) continue;
    if (IdOfModelFile(file.value()) != reference.id) continue;
    LMZ_ASSIGN(found_.emplace_back(), LoadFile(path));
    return found_.back();
  }
  return Status(Code::kModelMissing, "the model '" + reference.name + "' (id " +
                                         ModelIdText(reference.id) +
                                         ") is neither built in, nor given with --model, nor in " +
                                         (path_.empty() ? "a folder of models" : path_) +
                                         "; get its .lmm file and name it with --model FILE");
}

}  // namespace lmz
