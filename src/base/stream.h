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
  // Passes over up to `size` bytes without reading them and returns how many: 0 when this source
  // has no cheaper way than Read.
  virtual uint64_t PassOver(uint64_t /*size*/) { return 0; }
};

class Sink {
 public:
  virtual ~Sink() = default;
  // Takes all of `bytes` or fails. Errors: kIo.
  virtual Status Write(ByteSpan bytes) = 0;
};

// Appends the next bytes of `source` to `out`: `limit` of them, fewer only at the end of the input.
// The buffer grows with the bytes that have arrived, so that a false promise of a large size costs
// no memory. Errors: those of `source`.
inline Status ReadGrowing(Source& source, uint64_t limit, Bytes& out) {
  constexpr uint64_t kFirstPiece = uint64_t{1} << 16;
  for (uint64_t done = 0; done < limit;) {
    const auto piece = static_cast<size_t>(std::min(limit - done, std::max(done, kFirstPiece)));
    const size_t begin = out.size();
    out.reserve(begin + piece);  // exact, where resize alone might double
    out.resize(begin + piece);
    LMZ_ASSIGN(const size_t size, source.Read(MutableByteSpan(out).subspan(begin)));
    out.resize(begin + size);
    done += size;
    if (size < piece) break;
  }
  return OkStatus();
}

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
