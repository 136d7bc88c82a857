#include "codec/token/second_opinion.h"

#include <algorithm>
#include <numeric>

#include "entropy/logistic.h"

namespace lmz::token {

namespace {

SessionSize SizeFor(int lanes) {
  return {.lanes = lanes, .workers = 1, .lanes_per_step = lanes};
}

}  // namespace

SecondOpinion::SecondOpinion(const Predictor* model, int lanes) {
  if (model == nullptr) return;
  session_ = model->Begin(SizeFor(lanes));
  last_bytes_.resize(static_cast<size_t>(lanes));
  weights_.resize(static_cast<size_t>(lanes) * kByteValues);
}

uint64_t SecondOpinion::MemoryFor(const Predictor* model, int lanes) {
  if (model == nullptr) return 0;
  return model->SessionMemory(SizeFor(lanes)) +
         static_cast<uint64_t>(lanes) * (kByteValues * sizeof(uint32_t) + 1);
}

Status SecondOpinion::Step(std::span<const int> lanes) {
  if (!exists()) return OkStatus();
  for (size_t i = 0; i < lanes.size();) {
    // Neighbours step together.
    const size_t first = i;
    while (i < lanes.size() && lanes[i] == lanes[first] + static_cast<int>(i - first)) ++i;
    const auto row = static_cast<size_t>(lanes[first]);
    LMZ_TRY(session_->Step(0, lanes[first], static_cast<int>(i - first), &last_bytes_[row],
                           &weights_[row * kByteValues]));
  }
  return OkStatus();
}

int SecondOpinion::EndLogitQ8(int lane, const TokenTrie& trie, const TokenTrie::Node& node) const {
  if (!exists()) return 0;
  const uint32_t* const bytes = weights(lane);
  uint32_t goes_on = 0;
  for (const TokenTrie::Node& child : trie.ChildrenOf(node)) goes_on += bytes[child.byte];
  const uint32_t all = std::accumulate(bytes, bytes + kByteValues, uint32_t{0});
  const int logit_q8 = LogQ8(std::max(all - goes_on, 1u)) - LogQ8(goes_on);
  return std::clamp(logit_q8, -kMaxLogitQ8, kMaxLogitQ8);
}

}  // namespace lmz::token
