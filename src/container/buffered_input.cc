#include "container/buffered_input.h"

#include <algorithm>

namespace lmz {

// Keeps what is unread or marked and appends as much as one read gives.
Status BufferedInput::Fill() {
  const size_t dropped = mark_.value_or(position_);
  buffer_.erase(buffer_.begin(), buffer_.begin() + static_cast<std::ptrdiff_t>(dropped));
  position_ -= dropped;
  if (mark_) mark_ = 0;
  const size_t kept = buffer_.size();
  const size_t wanted = std::max(buffer_size_, kept + kept / 4) - kept;
  buffer_.resize(kept + wanted);
  LMZ_ASSIGN(const size_t size, source_.Read(MutableByteSpan(buffer_).subspan(kept)));
  is_at_end_ = size < wanted;
  buffer_.resize(kept + size);
  return OkStatus();
}

Result<size_t> BufferedInput::Read(MutableByteSpan buffer) {
  size_t done = std::min(buffer.size(), buffered().size());
  std::copy_n(buffered().begin(), done, buffer.begin());
  position_ += done;
  if (done < buffer.size() && !is_at_end_) {
    // Long reads go past the buffer; short ones fill it, for the sake of those that follow.
    const MutableByteSpan rest = buffer.subspan(done);
    if (rest.size() >= buffer_size_ && !mark_) {
      LMZ_ASSIGN(const size_t size, source_.Read(rest));
      is_at_end_ = size < rest.size();
      done += size;
    } else {
      LMZ_TRY(Fill());
      const size_t size = std::min(rest.size(), buffered().size());
      std::copy_n(buffered().begin(), size, rest.begin());
      position_ += size;
      done += size;
    }
  }
  offset_ += done;
  return done;
}

Result<ByteSpan> BufferedInput::Peek(size_t size) {
  if (buffered().size() < size && !is_at_end_) LMZ_TRY(Fill());
  return buffered().first(std::min(size, buffered().size()));
}

void BufferedInput::Mark() {
  mark_ = position_;
  is_at_end_ = false;
}

void BufferedInput::MoveMark() {
  if (mark_) mark_ = position_;
}

void BufferedInput::Rewind() {
  offset_ -= position_ - *mark_;
  position_ = *mark_;
  Unmark();
}

void BufferedInput::Unmark() {
  mark_.reset();
  is_at_end_ = false;
}

Status BufferedInput::Skip(uint64_t size) {
  while (size > 0) {
    if (buffered().empty() && !mark_) {
      const uint64_t passed = source_.PassOver(size);
      offset_ += passed;
      size -= passed;
      if (size == 0) break;
    }
    if (buffered().empty() && !is_at_end_) LMZ_TRY(Fill());
    const auto step = static_cast<size_t>(std::min<uint64_t>(size, buffered().size()));
    if (step == 0) return Status(Code::kTruncated, "the file ends too early");
    position_ += step;
    offset_ += step;
    size -= step;
  }
  return OkStatus();
}

}  // namespace lmz
