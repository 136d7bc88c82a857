// Bytes that can be read anywhere: of files and of memory, so that large ones are read where they
// lie.
#pragma once

#include <cstdint>
#include <cstring>

#include "base/bytes.h"

namespace lmz {

class RandomAccess {
 public:
  virtual ~RandomAccess() = default;
  // In bytes.
  virtual uint64_t size() const = 0;
  // Fills `buffer` from `offset` on. Errors: kIo; kTruncated when there are not so many bytes.
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

}  // namespace lmz
