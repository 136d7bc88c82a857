// Samples of what a codec expects behind given data: its walk as a decoder, with these in the place
// of a Decoder. The decisions of what is given are recorded by a first walk over it alone, then the
// same walk over given and new data takes them, and draws the others from random bits.
#pragma once

#include <cstdint>
#include <vector>

#include "entropy/random_code.h"

namespace lmz {

// In place of an encoder: keeps the decisions.
class DecisionRecorder {
 public:
  int Code(int bit, uint32_t /*p1_q16*/) {
    decisions_.push_back(bit != 0);
    return bit;
  }
  static constexpr bool overran() { return false; }
  static constexpr uint64_t written_size() { return 0; }
  const std::vector<bool>& decisions() const { return decisions_; }

 private:
  std::vector<bool> decisions_;
};

// In place of a decoder: gives these decisions, then draws `size` bytes' worth and, but for chance,
// no more.
class DrawingDecoder {
 public:
  // `given` outlives this.
  DrawingDecoder(const std::vector<bool>& given, uint64_t seed, size_t size)
      : given_(given), random_(seed, size) {}

  int Code(int bit, uint32_t p1_q16) {
    return next_ < given_.size() ? static_cast<int>(given_[next_++]) : random_.Code(bit, p1_q16);
  }
  bool overran() const { return random_.overran(); }
  static constexpr uint64_t written_size() { return 0; }

  // Random bits that were taken.
  uint64_t taken_bits() const { return random_.taken_bits(); }

 private:
  const std::vector<bool>& given_;
  size_t next_ = 0;
  RandomCode random_;
};

}  // namespace lmz
