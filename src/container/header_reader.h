// The archive that parses headers; the fields are in layout.h.
#pragma once

#include "base/checksum.h"
#include "container/buffered_input.h"
#include "container/layout.h"

namespace lmz {

// Reads fields from `input`, which outlives it. The first failure stays in status(); fields after
// it keep their values. One archive per header that has a check.
class HeaderReader {
 public:
  explicit HeaderReader(BufferedInput& input) : input_(input) {}

  // Errors: kTruncated at the end of the input; kDamaged for a literal or a check that differs and
  // for a number that is not in its shortest form; those of the source.
  const Status& status() const { return status_; }

  void U8(uint8_t& v) { v = static_cast<uint8_t>(Le(1, v)); }
  void U32(uint32_t& v) { v = static_cast<uint32_t>(Le(4, v)); }
  void U64(uint64_t& v) { v = Le(8, v); }
  void Varint(uint64_t& v);
  void Literal(ByteSpan expected);
  void Implied(uint64_t v);
  void Check();

 private:
  void Fail(Status status) {
    if (status_.ok()) status_ = std::move(status);
  }
  bool Take(MutableByteSpan bytes);
  uint64_t Le(int bytes, uint64_t fallback);

  BufferedInput& input_;
  Checksum64Stream covered_;
  Status status_;
};

}  // namespace lmz
