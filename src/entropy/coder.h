// Binary arithmetic coder: a carry-safe range coder in the manner of Martin (1979) and LZMA, with
// 48 bits of range so that 16-bit probabilities lose less than one part in 2^24 per decision.
//
// Encoder and Decoder have the same Code() so that one templated walk drives both directions. The
// interval is [low, low + range) in units of 2^-48 of the current byte position; a one takes the
// lower part. The stream's end is cut to the fewest bytes that still lie in the last interval; the
// decoder reads zeros behind it. Spec: docs/spec/entropy.md.
#pragma once

#include <cstddef>
#include <cstdint>

#include "base/bytes.h"

namespace lmz {

namespace internal {
inline constexpr uint64_t kFullRange = uint64_t{1} << 48;
inline constexpr uint64_t kMinRange = uint64_t{1} << 40;  // at or below: shift a byte out

inline uint32_t FoldRange(uint64_t range) {
  return static_cast<uint32_t>(range ^ (range >> 32));
}
}  // namespace internal

class Encoder {
 public:
  // Appends to `out`, which outlives the encoder.
  explicit Encoder(Bytes& out) : out_(out) {}

  // Codes `bit` (0 or 1), whose probability to be 1 is p1_q16 / 65536 (1 .. 65535), and returns it.
  int Code(int bit, uint32_t p1_q16) {
    const uint64_t bound = (range_ >> 16) * p1_q16;
    if (bit != 0) {
      range_ = bound;
    } else {
      low_ += bound;
      range_ -= bound;
    }
    while (range_ <= internal::kMinRange) {
      ShiftByte();
      range_ <<= 8;
    }
    return bit;
  }

  // Never: an encoder cannot run out of input. See Decoder::overran.
  static constexpr bool overran() { return false; }

  // Both sides hold the same value after the same decisions.
  uint32_t fingerprint() const { return internal::FoldRange(range_); }

  // Bytes in `out` and on their way there.
  uint64_t written_size() const { return out_.size() + pending_ + (has_cache_ ? 1 : 0); }

  // Writes what is pending. Call once, after the last decision.
  void Finish();

 private:
  void ShiftByte();

  Bytes& out_;
  uint64_t low_ = 0;
  uint64_t range_ = internal::kFullRange;
  uint64_t pending_ = 0;  // bytes 0xFF held back because a carry may still turn them over
  uint8_t cache_ = 0;     // the byte in front of them
  bool has_cache_ = false;
};

class Decoder {
 public:
  // So many bytes, as many as a range has, are read before the first bit.
  static constexpr uint64_t kReadAhead = 6;

  // Reads from `in`, which outlives the decoder.
  explicit Decoder(ByteSpan in) : begin_(in.data()), next_(in.data()), end_(in.data() + in.size()) {
    for (uint64_t i = 0; i < kReadAhead; ++i) code_ = code_ << 8 | NextByte();
  }

  // Returns the bit that Encoder::Code was given with the same probability; `bit` is ignored.
  int Code(int /*bit*/, uint32_t p1_q16) {
    const uint64_t bound = (range_ >> 16) * p1_q16;
    const bool is_one = code_ < bound;
    if (is_one) {
      range_ = bound;
    } else {
      code_ -= bound;
      range_ -= bound;
    }
    while (range_ <= internal::kMinRange) {
      code_ = code_ << 8 | NextByte();
      range_ <<= 8;
    }
    return is_one ? 1 : 0;
  }

  // True once more was read than any encoder leaves out: the payload is too short for what was
  // asked of it. Decoding may go on, with meaningless bits.
  bool overran() const { return missing_ > kReadAhead; }

  // True when the payload holds bytes that were never read. Up to kReadAhead superfluous ones go
  // unseen here.
  bool has_rest() const { return next_ != end_; }

  // So many bytes at the payload's end were not read yet.
  size_t unread() const { return static_cast<size_t>(end_ - next_); }

  uint32_t fingerprint() const { return internal::FoldRange(range_); }

  // For observers (entropy/spent_bits.h): the range, in 2^-48 of the byte that is read next, and
  // how many bytes were read, those left out at the end included.
  uint64_t range() const { return range_; }
  uint64_t read_size() const { return static_cast<uint64_t>(next_ - begin_) + missing_; }

  // Never: a decoder writes no code. See Encoder::written_size.
  static constexpr uint64_t written_size() { return 0; }

 private:
  uint64_t NextByte() {
    if (next_ != end_) return *next_++;
    ++missing_;
    return 0;
  }

  const uint8_t* begin_;
  const uint8_t* next_;
  const uint8_t* end_;
  uint64_t code_ = 0;  // the coded value less low
  uint64_t range_ = internal::kFullRange;
  uint64_t missing_ = 0;
};

// No payload of `payload_size` bytes holds more decisions than this: each narrows the range by at
// least 65535/65536, that is by more than 2.2e-5 bits.
inline uint64_t MaxDecisions(uint64_t payload_size) {
  return (payload_size + 8) * 364000;
}

}  // namespace lmz
