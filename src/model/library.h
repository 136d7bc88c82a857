// Where models come from: the one place that finds them, for a level, by name or by what a block
// says. Each model is loaded when it is needed first and then shared.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "model/catalog.h"
#include "model/model.h"
#include "model/model_summary.h"

namespace lmz {

class ModelFileReader;

// A whole model file, ready for use with the best kernels (cpu/kernel_builds.h). Errors:
// kModelDamaged, kNewerVersion, kOutOfMemory. Thread-safe.
Result<SharedModel> LoadModel(ByteSpan file);

// The same of the file `path`, which may be a pipe. Errors: as LoadModel and kIo, all with the
// path.
Result<SharedModel> LoadModelFile(const std::string& path);

// The built-in models, the models that were added, and the model files NAME.lmm in the folders that
// were added, where they are looked for in this order. Nothing in a folder is trusted: a file is
// checked completely before it is used, and what is no model or is damaged counts only where it is
// the one that is asked for. The contents of a folder may change at any time.
//
// What is found is loaded once: built-in models for the whole process, those in files for the
// library and its copies, as long as one of them lives. Copies are cheap. Thread-safe but for Add,
// AddFolder and assignment.
class ModelLibrary {
 public:
  // The built-in models alone.
  ModelLibrary();

  // These and those of InstalledModelFolder(): for all who have no library of their own. May throw
  // std::bad_alloc.
  static const std::shared_ptr<const ModelLibrary>& Installed();

  // `model` is not null. May throw std::bad_alloc.
  void Add(SharedModel model);
  // Behind those that are there. An empty path is no folder. May throw std::bad_alloc.
  void AddFolder(const std::string& path);

  // The model of `level`; null for level 0, which has none. Errors: kInvalidArgument unless 0 <=
  // level <= MaxLevel(); else as OfName.
  Result<SharedModel> OfLevel(int level) const;

  // The built-in model `name`, or the one in the file NAME.lmm, whatever its card calls it. Errors:
  // kModelMissing with all places where it was looked for; kIo, kModelDamaged, kNewerVersion of its
  // file; kOutOfMemory.
  Result<SharedModel> OfName(const std::string& name) const;

  // The model that a block names. Of files no more than their last 16 bytes are read until one has
  // the right id. Errors: as OfName; kNewerVersion for a number that this version does not know.
  Result<SharedModel> Find(const ModelReference& reference) const;

  // What is known of the built-in models, by ascending number, then of those in folders, by level
  // and name. Leaves out files that are no models, and copies. Errors: kOutOfMemory.
  Result<std::vector<ModelSummary>> List() const;

 private:
  struct Loaded;

  Result<SharedModel> OfRow(const CatalogRow& row) const;
  Result<SharedModel> OfId(const ModelReference& reference) const;
  Result<SharedModel> FromFolders(const std::string& name) const;
  Result<SharedModel> LoadFile(ModelFileReader& file) const;

  std::vector<SharedModel> added_;
  std::vector<std::string> folders_;
  std::shared_ptr<Loaded> loaded_;  // of files
};

}  // namespace lmz
