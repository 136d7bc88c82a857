// A regular file of which parts are read where they lie, so that a large one never is in memory.
#pragma once

#include <memory>
#include <string>

#include "base/random_access.h"

namespace lmz::convert {

// Reads the regular file `path`. Errors: kIo, with the path.
class FileAccess final : public RandomAccess {
 public:
  static Result<std::unique_ptr<FileAccess>> Open(const std::string& path);
  ~FileAccess() override;
  FileAccess(const FileAccess&) = delete;
  FileAccess& operator=(const FileAccess&) = delete;

  uint64_t size() const override { return size_; }
  Status ReadAt(uint64_t offset, MutableByteSpan buffer) const override;
  int descriptor() const { return descriptor_; }

 private:
  FileAccess(std::string path, int descriptor, uint64_t size);

  std::string path_;
  int descriptor_;
  uint64_t size_;
};

}  // namespace lmz::convert
