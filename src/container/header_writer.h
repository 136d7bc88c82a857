// The archive that writes headers; the fields are in layout.h.
#pragma once

#include "base/checksum.h"
#include "container/layout.h"

namespace lmz {

// Appends fields to `out`, which outlives it. One archive per header that has a check.
class HeaderWriter {
 public:
  explicit HeaderWriter(Bytes& out) : out_(out) {}

  void U8(uint8_t v) { Le(v, 1); }
  void U32(uint32_t v) { Le(v, 4); }
  void U64(uint64_t v) { Le(v, 8); }
  void Varint(uint64_t v) {
    const size_t begin = out_.size();
    ByteWriter(out_).Varint(v);
    Cover(begin);
  }
  void Literal(ByteSpan bytes) {
    const size_t begin = out_.size();
    ByteWriter(out_).Append(bytes);
    Cover(begin);
  }
  void Implied(uint64_t v) {
    Bytes bytes;
    ByteWriter(bytes).U64(v);
    covered_.Update(bytes);
  }
  void Check() { U32(static_cast<uint32_t>(covered_.Digest())); }

 private:
  void Le(uint64_t v, int bytes) {
    const size_t begin = out_.size();
    ByteWriter(out_).Le(v, bytes);
    Cover(begin);
  }
  void Cover(size_t begin) { covered_.Update(ByteSpan(out_).subspan(begin)); }

  Bytes& out_;
  Checksum64Stream covered_;
};

}  // namespace lmz
