// Random bits, read as a code: what a walk decodes from them is drawn from what it expects.
#pragma once

#include <cstdint>

#include "entropy/coder.h"
#include "entropy/random_bytes.h"

namespace lmz {

class RandomCode {
 public:
  // `symbols` are drawn, of up to 16 bits each but for chance.
  RandomCode(uint64_t seed, size_t symbols)
      : bytes_(RandomBytes(seed, 2 * symbols + 64)), decoder_(bytes_) {}
  RandomCode(const RandomCode&) = delete;
  RandomCode& operator=(const RandomCode&) = delete;

  // As Decoder.
  int Code(int bit, uint32_t p1_q16) { return decoder_.Code(bit, p1_q16); }
  bool overran() const { return decoder_.overran(); }

  uint64_t taken_bits() const {
    return 8 * (bytes_.size() - decoder_.unread() - Decoder::kReadAhead);
  }

 private:
  const Bytes bytes_;
  Decoder decoder_;
};

}  // namespace lmz
