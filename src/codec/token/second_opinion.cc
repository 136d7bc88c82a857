#include "codec/token/second_opinion.h"

#include <algorithm>
#include <numeric>

#include "entropy/logistic.h"

namespace lmz::token {

namespace {

// So many steps at once make the products of a lane as quick as they get.
constexpr size_t kStepsTogether = 128;

SessionSize SizeFor(int lanes) {
  return {.lanes = lanes, .workers = 1, .lanes_per_step = lanes};
}

SessionSize SizeForKnown(int lanes) {
  return {.lanes = lanes, .workers = 1, .lanes_per_step = 1, .steps_ahead = kStepsTogether};
}

}  // namespace

SecondOpinion::SecondOpinion(const Predictor* model, int lanes, Lanes bytes)
    : is_known_(bytes == Lanes::kKnown), ahead_(is_known_ ? kStepsTogether : 1) {
  if (model == nullptr) return;
  session_ = model->Begin(is_known_ ? SizeForKnown(lanes) : SizeFor(lanes));
  const auto count = static_cast<size_t>(lanes);
  lanes_.resize(count);
  last_bytes_.resize(std::max(count, ahead_));
  weights_.resize(count * ahead_ * kByteValues);
}

uint64_t SecondOpinion::MemoryFor(const Predictor* model, int lanes) {
  if (model == nullptr) return 0;
  return model->SessionMemory(SizeFor(lanes)) +
         static_cast<uint64_t>(lanes) * (kByteValues * sizeof(uint32_t) + sizeof(Lane) + 1);
}

Status SecondOpinion::Step(std::span<const int> lanes) {
  if (!exists()) return OkStatus();
  if (!is_known_) return StepUnknown(lanes);
  for (const int number : lanes) {
    Lane& lane = lanes_[static_cast<size_t>(number)];
    lane.row = lane.steps % ahead_;
    if (lane.row == 0) LMZ_TRY(StepAhead(number));
    ++lane.steps;
  }
  return OkStatus();
}

Status SecondOpinion::StepUnknown(std::span<const int> lanes) {
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

// The lane's next steps, as many as there are.
Status SecondOpinion::StepAhead(int number) {
  const auto at = static_cast<size_t>(number);
  const Lane& lane = lanes_[at];
  const size_t steps = std::min(ahead_, lane.bytes.size() - lane.steps);
  for (size_t i = 0; i < steps; ++i) {
    const size_t step = lane.steps + i;
    last_bytes_[i] = step == 0 ? uint8_t{0} : lane.bytes[step - 1];
  }
  return session_->StepAhead(0, number, 1, static_cast<int>(steps), last_bytes_.data(),
                             &weights_[at * ahead_ * kByteValues]);
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
