// Flags and numbers of src/codec/deflate/spec.md, section 1.
#pragma once

#include <algorithm>
#include <map>

#include "tests/reference/text/arithmetic_decoder.h"

namespace lmz::reference {

class FlagDecoder {
 public:
  FlagDecoder(const Bytes& code, size_t begin) : decoder_(code, begin) {}

  struct Flag {
    int64_t p = int64_t{1} << 27;
    int64_t seen = 0;
  };
  // Flags by the bits so far with a one in front.
  using Number = std::map<int64_t, Flag>;

  bool Decode(Flag& flag) {
    const int p1 = static_cast<int>(std::clamp<int64_t>(flag.p >> 12, 1, 65535));
    const int bit = decoder_.Decode(p1);
    const int64_t distance = (int64_t{bit} << 28) - flag.p;
    flag.p += (distance * (327680 / (5 * flag.seen + 8))) >> 16;
    flag.seen = std::min<int64_t>(flag.seen + 1, 255);
    return bit == 1;
  }

  int64_t Decode(Number& number, int bits) {
    int64_t prefix = 1;
    for (int i = 0; i < bits; ++i) prefix = 2 * prefix + (Decode(number[prefix]) ? 1 : 0);
    return prefix - (int64_t{1} << bits);
  }

  int64_t Plain(int64_t bits) {
    int64_t value = 0;
    for (int64_t i = 0; i < bits; ++i) value = 2 * value + decoder_.Decode(32768);
    return value;
  }

  const ArithmeticDecoder& coder() const { return decoder_; }

 private:
  ArithmeticDecoder decoder_;
};

}  // namespace lmz::reference
