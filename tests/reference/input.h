// Numbers of the file format: docs/spec/container.md, section 1.
#pragma once

#include "tests/reference/text/bytes_decoder.h"

namespace lmz::reference {

class Input {
 public:
  explicit Input(const Bytes& bytes) : bytes_(bytes) {}

  size_t position() const { return position_; }
  size_t Left() const { return bytes_.size() - position_; }
  uint8_t Peek() const {
    if (Left() == 0) throw Damage("truncated");
    return bytes_[position_];
  }

  // u8, u32, u64.
  uint64_t Number(size_t size) {
    uint64_t number = 0;
    const Bytes bytes = Take(size);
    for (size_t i = 0; i < size; ++i) number |= uint64_t{bytes[i]} << (8 * i);
    return number;
  }

  uint64_t Varint() {
    uint64_t number = 0;
    for (unsigned shift = 0;; shift += 7) {
      const uint64_t byte = Number(1);
      if (shift == 63 && byte > 1) throw Damage("a varint of 2^64 or above");
      number |= (byte & 127) << shift;
      if (byte < 128) {
        if (byte == 0 && shift > 0) throw Damage("a varint that is not the shortest");
        return number;
      }
    }
  }

  Bytes Take(size_t size) {
    if (size > Left()) throw Damage("truncated");
    position_ += size;
    return Slice(position_ - size);
  }

  // The bytes from `begin` up to here.
  Bytes Since(size_t begin) const { return Slice(begin); }

 private:
  Bytes Slice(size_t begin) const {
    return Bytes(bytes_.data() + begin, bytes_.data() + position_);
  }

  const Bytes& bytes_;
  size_t position_ = 0;
};

}  // namespace lmz::reference
