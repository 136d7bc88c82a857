// A file that may be a model, of which no more is read than is asked for.
#pragma once

#include <memory>
#include <string>

#include "base/stream.h"
#include "model/model_file.h"

namespace lmz {

class ModelFileReader {
 public:
  enum class Accept {
    kRegular,     // what lies in a folder of models: no pipes or devices, links are followed
    kAnyReadable  // what the caller names himself
  };

  // Errors, all with the path: kModelMissing when there is no such file, else kIo.
  static Result<std::unique_ptr<ModelFileReader>> Open(const std::string& path, Accept accept);
  ~ModelFileReader();
  ModelFileReader(const ModelFileReader&) = delete;
  ModelFileReader& operator=(const ModelFileReader&) = delete;

  const std::string& path() const { return path_; }

  // The id that a regular file says it has: its last 16 bytes; nothing else is read or checked.
  // Errors: kModelDamaged when it is too short or too long for a model, kIo.
  Result<ModelId> ReadId() const;

  // The whole file, once; no more than its beginning when that is no model's. Errors: kModelDamaged
  // when it is longer than any model, kIo. Memory grows with what arrives. std::bad_alloc passes
  // through.
  Result<Bytes> ReadAll();

 private:
  ModelFileReader(std::string path, int descriptor);
  Status Failed(int error) const;
  Status TooLong() const;

  std::string path_;
  int descriptor_;
};

// The whole file `path`, whatever kind of file it is. Errors: kIo, kModelDamaged, kOutOfMemory, all
// with the path.
Result<Bytes> ReadModelFile(const std::string& path);

// For std::bad_alloc where a model is read or bound.
inline constexpr char kNoMemoryForModel[] = "there is not enough memory for the model";

}  // namespace lmz
