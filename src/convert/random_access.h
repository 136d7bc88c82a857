// A file of which parts are read where they lie, so that a large one never is in memory.
#pragma once

#include <cstring>
#include <memory>
#include <string>

#include "base/bytes.h"

namespace lmz::convert {

class RandomAccess {
 public:
  virtual ~RandomAccess() = default;
  // In bytes.
  virtual uint64_t size() const = 0;
  // Fills `buffer` with the bytes from `offset` on. Errors: kIo; kTruncated when there are fewer.
  virtual Status ReadAt(uint64_t offset, MutableByteSpan buffer) const = 0;
};

// Reads from memory that outlives it.
class MemoryAccess final : public RandomAccess {
 public:
  explicit MemoryAccess(ByteSpan bytes) : bytes_(bytes) {}
  uint64_t size() const override { return bytes_.size(); }
  Status ReadAt(uint64_t offset, MutableByteSpan buffer) const override {
    if (offset > bytes_.size() || buffer.size() > bytes_.size() - offset) {
      return Status(Code::kTruncated, "the file ends too early");
    }
    if (!buffer.empty()) std::memcpy(buffer.data(), bytes_.data() + offset, buffer.size());
    return OkStatus();
  }

 private:
  ByteSpan bytes_;
};

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
