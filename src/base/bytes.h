// Byte ranges, little-endian loads and stores, and LEB128 numbers: the alphabet of the format.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "base/status.h"

namespace lmz {

using ByteSpan = std::span<const uint8_t>;
using MutableByteSpan = std::span<uint8_t>;
using Bytes = std::vector<uint8_t>;

inline uint16_t LoadLe16(const uint8_t* p) {
  return static_cast<uint16_t>(p[0] | p[1] << 8);
}

inline uint32_t LoadLe32(const uint8_t* p) {
  return uint32_t{p[0]} | uint32_t{p[1]} << 8 | uint32_t{p[2]} << 16 | uint32_t{p[3]} << 24;
}

inline uint64_t LoadLe64(const uint8_t* p) {
  return uint64_t{LoadLe32(p)} | uint64_t{LoadLe32(p + 4)} << 32;
}

inline void StoreLe32(uint8_t* p, uint32_t v) {
  for (int i = 0; i < 4; ++i) p[i] = static_cast<uint8_t>(v >> (8 * i));
}

// Appends to a byte vector. Numbers are little-endian; Varint is LEB128 (7 bits a byte, low first).
class ByteWriter {
 public:
  explicit ByteWriter(Bytes& out) : out_(out) {}
  void U8(uint8_t v) { out_.push_back(v); }
  void Le(uint64_t v, int bytes) {
    for (int i = 0; i < bytes; ++i) out_.push_back(static_cast<uint8_t>(v >> (8 * i)));
  }
  void U32(uint32_t v) { Le(v, 4); }
  void U64(uint64_t v) { Le(v, 8); }
  void Varint(uint64_t v) {
    for (; v >= 0x80; v >>= 7) out_.push_back(static_cast<uint8_t>(v | 0x80));
    out_.push_back(static_cast<uint8_t>(v));
  }
  void Append(ByteSpan bytes) { out_.insert(out_.end(), bytes.begin(), bytes.end()); }

 private:
  Bytes& out_;
};

// Reads from a byte range. A read past the end gives kTruncated and leaves the position unchanged;
// a Varint that is longer than needed or above 64 bits gives kDamaged, so every number has one
// spelling.
class ByteReader {
 public:
  explicit ByteReader(ByteSpan in) : in_(in) {}
  size_t position() const { return position_; }
  size_t remaining() const { return in_.size() - position_; }
  Result<uint8_t> U8() {
    LMZ_ASSIGN(const uint64_t v, Le(1));
    return static_cast<uint8_t>(v);
  }
  Result<uint32_t> U32() {
    LMZ_ASSIGN(const uint64_t v, Le(4));
    return static_cast<uint32_t>(v);
  }
  Result<uint64_t> U64() { return Le(8); }
  Result<uint64_t> Le(int bytes);
  Result<uint64_t> Varint();
  Result<ByteSpan> Take(uint64_t size);

 private:
  ByteSpan in_;
  size_t position_ = 0;
};

}  // namespace lmz
