// Where bytes come from and where they go. The library knows files only through these two.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstring>

#include "base/bytes.h"

namespace lmz {

class Source {
 public:
  virtual ~Source() = default;
  // Fills `buffer` from its front and returns how many bytes it wrote: less than asked only at the
  // end of the input, 0 when nothing is left. Errors: kIo. Blocks until that much is there.
  virtual Result<size_t> Read(MutableByteSpan buffer) = 0;
};

class Sink {
 public:
  virtual ~Sink() = default;
  // Takes all of `bytes` or fails. Errors: kIo.
  virtual Status Write(ByteSpan bytes) = 0;
};

// Reads from memory that outlives it.
class MemorySource final : public Source {
 public:
  explicit MemorySource(ByteSpan bytes) : rest_(bytes) {}
  Result<size_t> Read(MutableByteSpan buffer) override {
    const size_t n = std::min(buffer.size(), rest_.size());
    if (n != 0) std::memcpy(buffer.data(), rest_.data(), n);
    rest_ = rest_.subspan(n);
    return n;
  }

 private:
  ByteSpan rest_;
};

// Appends to a vector that outlives it.
class MemorySink final : public Sink {
 public:
  explicit MemorySink(Bytes& out) : out_(out) {}
  Status Write(ByteSpan bytes) override {
    out_.insert(out_.end(), bytes.begin(), bytes.end());
    return OkStatus();
  }

 private:
  Bytes& out_;
};

}  // namespace lmz
