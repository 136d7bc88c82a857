#include "mix/stride.h"

namespace lmz {

namespace {
constexpr uint32_t kChoosePeriod = 256;  // bytes between two choices
constexpr uint32_t kHit = 64;
}  // namespace

void StrideDetector::Update(uint32_t pair, uint32_t position) {
  if (last_.empty()) last_.resize(65536);
  const uint32_t distance = position - last_[pair];
  last_[pair] = position;
  if (distance > 1 && distance <= kMaxStride) {
    uint32_t& score = score_[distance];
    score += kHit - (score >> 5);
  }
  if (position % kChoosePeriod == 0) Choose();
}

void StrideDetector::Choose() {
  uint32_t best = stride_;
  for (uint32_t d = 2; d <= kMaxStride; ++d) {
    if (score_[d] > score_[best]) best = d;
    score_[d] -= score_[d] >> 3;
  }
  // A new stride must be clearly better: contexts built on the old one are lost with it.
  if (score_[best] > score_[stride_] + score_[stride_] / 2) stride_ = best;
}

}  // namespace lmz
