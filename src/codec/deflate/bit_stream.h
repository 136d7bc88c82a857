// The bits of a deflate stream: within a byte the lowest comes first.
#pragma once

#include <bit>
#include <cstdint>

#include "base/bytes.h"

namespace lmz::deflate {

class BitReader {
 public:
  // From bit `position` on.
  explicit BitReader(ByteSpan in, uint64_t position = 0) : in_(in), position_(position) {}

  // The next `count` bits, 0 .. 16, the first one lowest; zeros behind the end.
  uint32_t Bits(int count) {
    const uint32_t value = Peek(count);
    Skip(count);
    return value;
  }

  uint32_t Bit() { return Bits(1); }

  // The same without passing them.
  uint32_t Peek(int count) const {
    const uint64_t byte = position_ / 8;
    uint32_t window = 0;
    for (uint32_t i = 0; i < 3 && byte + i < in_.size(); ++i) {
      window |= uint32_t{in_[static_cast<size_t>(byte + i)]} << 8 * i;
    }
    return window >> position_ % 8 & ((1u << count) - 1);
  }
  void Skip(int count) { position_ += static_cast<uint64_t>(count); }

  void SkipToByte() { position_ = (position_ + 7) / 8 * 8; }
  uint64_t position() const { return position_; }
  uint64_t byte_position() const { return (position_ + 7) / 8; }
  bool overran() const { return position_ > 8 * uint64_t{in_.size()}; }

 private:
  ByteSpan in_;
  uint64_t position_;  // in bits
};

class BitWriter {
 public:
  // Appends to `out`, which outlives the writer, until it holds `max_size` bytes. The first byte
  // begins with the bits of `lead`, lowest first, up to the highest one, which is not written.
  BitWriter(Bytes& out, uint64_t max_size, uint8_t lead = 1)
      : out_(out), max_size_(max_size), pending_count_(static_cast<int>(std::bit_width(lead)) - 1) {
    pending_ = lead ^ uint64_t { 1 } << pending_count_;
  }

  // The lowest `count` bits of `value`, 0 .. 16; no others are set.
  void Bits(uint32_t value, int count) {
    pending_ |= uint64_t{value} << pending_count_;
    pending_count_ += count;
    for (; pending_count_ >= 8; pending_count_ -= 8, pending_ >>= 8) {
      overran_ |= out_.size() >= max_size_;
      if (!overran_) out_.push_back(static_cast<uint8_t>(pending_));
    }
  }

  // Fills the last byte with zeros.
  void FillByte() {
    if (pending_count_ != 0) Bits(0, 8 - pending_count_);
  }

  // Whether something was left out.
  bool overran() const { return overran_; }

 private:
  Bytes& out_;
  uint64_t max_size_;
  bool overran_ = false;
  uint64_t pending_ = 0;
  int pending_count_;
};

}  // namespace lmz::deflate
