// A model's distribution over the next byte, as odds for one bit after the other.
#pragma once

#include <array>
#include <cstdint>

#include "entropy/logistic.h"
#include "mix/kernels/mixer_kernels.h"

namespace lmz {

class ByteOpinion {
 public:
  // Takes 256 relative weights, not all 0, whose sum is below 2^32; copies what it needs.
  void Set(const uint32_t* weights, const MixerKernels& kernels) {
    kernels.sum_tree(weights, sums_.data());
  }

  // The logit, in 1/256 nats and within +-kMaxLogitQ8, of a one after the bits in `node` (the bits
  // of the byte so far behind a leading one, 1 .. 255).
  int LogitQ8(uint32_t node) const {
    const int logit_q8 =
        LogQ8(AtLeastOne(sums_[2 * node + 1])) - LogQ8(AtLeastOne(sums_[2 * node]));
    return logit_q8 > kMaxLogitQ8 ? kMaxLogitQ8 : logit_q8 < -kMaxLogitQ8 ? -kMaxLogitQ8 : logit_q8;
  }

  // The bit that all bytes with a weight have after the bits in `node`; -1: some have the other.
  int OnlyBit(uint32_t node) const {
    return sums_[2 * node] == 0 ? 1 : sums_[2 * node + 1] == 0 ? 0 : -1;
  }

  // As they were set.
  uint32_t weight(uint8_t byte) const { return sums_[256u + byte]; }
  uint32_t sum() const { return sums_[1]; }

 private:
  static uint32_t AtLeastOne(uint32_t sum) { return sum + (sum == 0 ? 1 : 0); }

  alignas(64) std::array<uint32_t,
                         512> sums_{};  // [node]: the weight of all bytes below; leaves from 256 on
};

}  // namespace lmz
