#include "codec/token/feed.h"

#include <algorithm>

namespace lmz::token {

namespace {
// So many tokens at once make the products of a step as quick as they get, on the CPU and on a
// device.
constexpr int kTokensTogether = 64;
constexpr int kTokensOnDevice = 1024;
}  // namespace

TokenSessionSize TokenFeed::SizeFor(int lanes, int threads, Tokens tokens, bool is_on_device) {
  const int together = is_on_device ? kTokensOnDevice : kTokensTogether;
  const int positions = tokens == Tokens::kKnown ? std::max(1, together / lanes) : 1;
  return {.lanes = lanes, .positions = positions, .threads = threads};
}

TokenFeed::TokenFeed(const TokenPredictor& model, int lanes, const BlockResources& resources,
                     Tokens tokens)
    : model_(model),
      is_known_(tokens == Tokens::kKnown),
      vocabulary_(model.vocabulary().size()),
      size_(SizeFor(lanes, resources.threads, tokens, resources.device != nullptr)),
      positions_(static_cast<size_t>(size_.positions)),
      session_(resources.BeginTokens(model, size_)),
      tokens_(static_cast<size_t>(lanes)),
      inputs_(static_cast<size_t>(lanes) * positions_),
      weights_(session_->WeightsMemory()),
      weights_of_(static_cast<size_t>(lanes)) {
  if (weights_ != nullptr) return;
  own_weights_.resize(inputs_.size() * vocabulary_);
  weights_ = own_weights_.data();
}

uint64_t TokenFeed::MemoryFor(const TokenPredictor& model, int lanes, int threads) {
  constexpr uint64_t kOfLane = sizeof(std::vector<uint32_t>) + 64;
  const uint64_t of_weights = uint64_t{model.vocabulary().size()} * sizeof(uint32_t);
  return model.SessionMemory(SizeFor(lanes, threads, Tokens::kUnknown, false)) +
         static_cast<uint64_t>(lanes) * (of_weights + kOfLane) + sizeof(TokenFeed);
}

// The row that the lane reads before its token number `step`; any row behind its end.
uint32_t TokenFeed::InputAt(int lane, size_t step) const {
  const std::vector<uint32_t>& tokens = tokens_[static_cast<size_t>(lane)];
  if (step == 0 || tokens.empty()) return model_.vocabulary().begin_row();
  return model_.vocabulary().row(is_known_ ? tokens[std::min(step, tokens.size()) - 1]
                                           : tokens.back());
}

Status TokenFeed::Step(std::span<const int> lanes) {
  const size_t position = step_ % positions_;
  if (position == 0) {
    batch_.assign(lanes.begin(), lanes.end());
    for (size_t i = 0; i < batch_.size(); ++i) {
      for (size_t p = 0; p < positions_; ++p) {
        inputs_[i * positions_ + p] = InputAt(batch_[i], step_ + p);
      }
    }
    LMZ_TRY(session_->Step(batch_, static_cast<int>(positions_), inputs_.data(), weights_));
  }
  for (size_t i = 0; i < batch_.size(); ++i) {
    weights_of_[static_cast<size_t>(batch_[i])] =
        weights_ + (i * positions_ + position) * vocabulary_;
  }
  ++step_;
  return OkStatus();
}

}  // namespace lmz::token
