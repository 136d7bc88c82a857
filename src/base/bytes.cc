#include "base/bytes.h"

namespace lmz {

namespace {
Status PastEnd() {
  return Status(Code::kTruncated, "the data ends inside a field");
}
}  // namespace

Result<uint64_t> ByteReader::Le(int bytes) {
  if (remaining() < static_cast<size_t>(bytes)) return PastEnd();
  uint64_t v = 0;
  for (int i = 0; i < bytes; ++i) {
    v |= uint64_t{in_[position_ + static_cast<size_t>(i)]} << (8 * i);
  }
  position_ += static_cast<size_t>(bytes);
  return v;
}

Result<uint64_t> ByteReader::Varint() {
  uint64_t v = 0;
  size_t p = position_;
  for (int shift = 0;; shift += 7) {
    if (p == in_.size()) return PastEnd();
    const uint8_t b = in_[p++];
    const bool is_last = (b & 0x80) == 0;
    if ((shift == 63 && b > 1) || (is_last && b == 0 && shift > 0)) {
      return Status(Code::kDamaged, "a number is not in its shortest form");
    }
    v |= uint64_t{b & 0x7Fu} << shift;
    if (is_last) break;
  }
  position_ = p;
  return v;
}

Result<ByteSpan> ByteReader::Take(uint64_t size) {
  if (remaining() < size) return PastEnd();
  const ByteSpan taken = in_.subspan(position_, static_cast<size_t>(size));
  position_ += taken.size();
  return taken;
}

}  // namespace lmz
