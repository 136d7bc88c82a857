// Samples as they stand in a file, and what of them is predicted. Unused low bits are left out;
// what is wider than the predictors, 32-bit integers and floating-point numbers, is parted into a
// high part, which is predicted, and low bits, which are little more than noise. spec.md, 9.
#pragma once

#include <algorithm>
#include <cstdint>
#include <optional>

#include "base/bytes.h"
#include "codec/audio/audio_layout.h"
#include "codec/audio/fixed.h"
#include "codec/watch.h"

namespace lmz::audio {

// What all samples of a block have in common.
struct SampleRange {
  int32_t lowest = 0;
  int32_t highest = 0;  // above lowest

  // Of the widest sample, with its sign.
  int Bits() const { return 1 + BitLength(static_cast<uint64_t>(std::max(highest, -1 - lowest))); }
};

// How a word is parted.
struct WordSplit {
  static constexpr uint8_t kMinExponent = 25;
  static constexpr uint8_t kMaxExponent = 254;

  uint8_t shift = 0;
  bool has_low_bits = false;
  uint32_t low = 0;      // the low bits of all words of integers, when has_low_bits is false
  uint8_t exponent = 0;  // of floating point: the largest one, kMinExponent at least
};

// A word in its two parts. `low` counts only where the split has low bits.
struct Parted {
  int32_t high = 0;
  uint32_t low = 0;
};

class SampleWords {
 public:
  SampleWords(const SampleLayout& layout, const WordSplit& split)
      : size_(layout.sample_bytes),
        is_big_endian_(layout.is_big_endian),
        is_float_(layout.is_float),
        top_bit_(layout.is_unsigned ? uint32_t{1} << (8 * size_ - 1) : 0),
        split_(split) {}

  bool has_low_bits() const { return split_.has_low_bits; }

  Parted Load(const uint8_t* bytes) const {
    uint32_t word = 0;
    for (int i = 0; i < size_; ++i) word = word << 8 | bytes[is_big_endian_ ? i : size_ - 1 - i];
    return is_float_ ? PartFloat(word) : PartInteger(word);
  }

  void Store(const Parted& parted, uint8_t* bytes) const {
    const uint32_t word = is_float_ ? JoinFloat(parted) : JoinInteger(parted);
    for (int i = 0; i < size_; ++i) {
      bytes[is_big_endian_ ? size_ - 1 - i : i] = static_cast<uint8_t>(word >> (8 * i));
    }
  }

  // Of the word's high part, in bits: 0 .. 24. What its low bits are like depends on it.
  uint32_t HighBits(int32_t high) const {
    const auto magnitude = static_cast<uint64_t>(Magnitude(high));
    return static_cast<uint32_t>(BitLength(is_float_ ? magnitude << split_.shift : magnitude));
  }

  // How many low bits go with a high part of so many: 1 .. 32.
  uint32_t LowBits(uint32_t high_bits) const {
    if (!is_float_) return split_.shift;
    return high_bits == 0 ? 32 : kFloatBits - high_bits;
  }

 private:
  static constexpr uint32_t kFloatBits = 24;  // of a significand, the first one included

  int32_t Signed(uint32_t word) const {
    const int unused = 32 - 8 * size_;
    return static_cast<int32_t>((word ^ top_bit_) << unused) >> unused;
  }

  Parted PartInteger(uint32_t word) const {
    const int32_t value = Signed(word);
    const uint32_t mask = (uint32_t{1} << split_.shift) - 1;
    return {value >> split_.shift, static_cast<uint32_t>(value) & mask};
  }

  uint32_t JoinInteger(const Parted& parted) const {
    const uint32_t low = split_.has_low_bits ? parted.low : split_.low;
    return (static_cast<uint32_t>(parted.high) << split_.shift | low) ^ top_bit_;
  }

  Parted PartFloat(uint32_t word) const {
    const uint32_t exponent = word >> 23 & 255;
    const uint32_t down = split_.exponent - exponent + 1;
    if (exponent == 0 || down >= kFloatBits) return {0, word};
    const uint32_t significand = uint32_t{1} << 23 | (word & 0x7FFFFF);
    const auto magnitude = static_cast<int32_t>(significand >> down);
    return {(word >> 31 != 0 ? -magnitude : magnitude) >> split_.shift,
            significand & ((uint32_t{1} << down) - 1)};
  }

  uint32_t JoinFloat(const Parted& parted) const {
    const uint32_t low = split_.has_low_bits ? parted.low : 0;
    if (parted.high == 0) return low;
    const auto magnitude = static_cast<uint32_t>(Magnitude(parted.high)) << split_.shift;
    const uint32_t down = kFloatBits - HighBits(parted.high);
    const uint32_t exponent = split_.exponent + 1 - down;
    return (parted.high < 0 ? uint32_t{1} << 31 : 0) | exponent << 23 |
           ((magnitude << down | low) & 0x7FFFFF);
  }

  int size_;
  bool is_big_endian_;
  bool is_float_;
  uint32_t top_bit_;  // to be flipped
  WordSplit split_;
};

// The split and the range for all samples, which are one or more whole frames; none where
// floating-point numbers are not finite, or once the watch is stopped. For encoders.
struct Analysis {
  WordSplit split;
  SampleRange range;
};
std::optional<Analysis> Analyse(ByteSpan samples, const SampleLayout& layout, const Watch& watch);

// The lowest and the highest high part that there can be: the range is between them.
SampleRange LimitsOf(const SampleLayout& layout, const WordSplit& split);

// Whether a decoder can join words of this split. The layout is valid.
bool IsValid(const WordSplit& split, const SampleLayout& layout);

}  // namespace lmz::audio
