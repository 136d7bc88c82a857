// What the fed encoder and decoder share: the caller's buffers, and a queue for what does not fit.
#pragma once

#include <algorithm>

#include "base/stream.h"

namespace lmz {

// What one call may take and fill; both shrink from the front.
struct CallBuffers {
  ByteSpan in;
  MutableByteSpan out;
};

// What the caller wants beside taking the input.
enum class Directive {
  kRun,    // nothing: output comes when there is enough of it
  kFlush,  // all output that the input so far allows
  kEnd,    // the input ends here
};

// Bytes on their way: a sink at one end, a source that may run dry at the other.
class ByteQueue final : public Sink, public Source {
 public:
  Status Write(ByteSpan bytes) override {
    bytes_.insert(bytes_.end(), bytes.begin(), bytes.end());
    return OkStatus();
  }

  Result<size_t> Read(MutableByteSpan buffer) override {
    const size_t n = std::min(buffer.size(), size());
    std::copy_n(bytes_.begin() + static_cast<std::ptrdiff_t>(position_), n, buffer.begin());
    position_ += n;
    if (size() == 0) {
      bytes_.clear();
      position_ = 0;
    }
    return n;
  }

  // Moves what fits to the front of `out`.
  void DrainTo(MutableByteSpan& out) { out = out.subspan(Read(out).value()); }

  // What was written and not yet read. Valid until the next call.
  ByteSpan waiting() const { return ByteSpan(bytes_).subspan(position_); }
  size_t size() const { return bytes_.size() - position_; }
  bool empty() const { return size() == 0; }

 private:
  Bytes bytes_;
  size_t position_ = 0;
};

}  // namespace lmz
