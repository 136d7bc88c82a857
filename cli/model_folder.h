// Models that are installed beside the program but not part of it.
#pragma once

#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "stream/models.h"

namespace lmz {

// The files NAME.lmm in share/lmz/models of the prefix that the program was started from.
class ModelFolder {
 public:
  ModelFolder();

  // Where the folder is, or would be. Empty when the system does not say where the program is.
  const std::string& path() const { return path_; }

  // The model files that are there, by name, as paths.
  std::vector<std::string> Files() const;

  // The model NAME.lmm. Errors: kModelMissing when there is no such file; kIo, kModelDamaged,
  // kNewerVersion, kOutOfMemory.
  Result<std::shared_ptr<const Network>> Load(const std::string& name) const;

  // The model with the id of `reference`, loaded once. Errors: kModelMissing with name, id and
  // where it was looked for; as Load. Thread-safe.
  Result<std::shared_ptr<const Network>> Find(const ModelReference& reference);

 private:
  std::string path_;
  std::mutex mutex_;
  std::vector<std::shared_ptr<const Network>> found_;  // guarded by mutex_
};

// The whole file `path`, which may be a model. Errors: kIo.
Result<Bytes> ReadModelFile(const std::string& path);

}  // namespace lmz
