// A Source with a small buffer in front, so that headers can be read field by field, and with the
// position in the input, for messages.
#pragma once

#include <cstdint>
#include <optional>

#include "base/stream.h"

namespace lmz {

class BufferedInput final : public Source {
 public:
  // `source` outlives this. It is never asked again after it came to its end. At least
  // `buffer_size` bytes are read at a time.
  explicit BufferedInput(Source& source, size_t buffer_size = size_t{1} << 16)
      : source_(source), buffer_size_(buffer_size) {}

  // Bytes read so far.
  uint64_t offset() const { return offset_; }

  Result<size_t> Read(MutableByteSpan buffer) override;

  // The next `size` (<= buffer_size) bytes without reading them; fewer only at the end of the
  // input. Valid until the next call. Errors: those of the source.
  Result<ByteSpan> Peek(size_t size);

  // For a source that may have more after it came to its end, such as one that is fed. Mark keeps
  // what is read from here on, until Rewind goes back to the mark or Unmark forgets it; both let
  // the source be asked again. MoveMark moves the mark here, if there is one.
  void Mark();
  void MoveMark();
  void Rewind();
  void Unmark();

  // Bytes read from the source but not from here. Valid until the next call.
  ByteSpan buffered() const { return ByteSpan(buffer_).subspan(position_); }

  // Reads and forgets `size` bytes; memory does not depend on `size`. Errors: kTruncated, those of
  // the source.
  Status Skip(uint64_t size);

 private:
  Status Fill();

  Source& source_;
  const size_t buffer_size_;
  Bytes buffer_;
  size_t position_ = 0;  // of the next byte in buffer_
  uint64_t offset_ = 0;
  std::optional<size_t> mark_;  // in buffer_
  bool is_at_end_ = false;      // of the source; buffer_ may hold more
};

}  // namespace lmz
