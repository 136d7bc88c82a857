// The tokens of a block's lanes on their way through a model: what each lane has behind it goes in,
// the weights of its next token come out.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "codec/codec.h"
#include "cpu/aligned.h"
#include "model/token/token_predictor.h"

namespace lmz::token {

// All lanes that are not over go on at the same pace, token by token. Not thread-safe.
class TokenFeed {
 public:
  // Who knows all tokens beforehand feeds several at once, which changes nothing but the time.
  enum class Tokens { kKnown, kUnknown };

  // `model` outlives the feed, which runs on the device of `resources`, if there is one. May throw
  // std::bad_alloc.
  TokenFeed(const TokenPredictor& model, int lanes, const BlockResources& resources, Tokens tokens);

  // The bytes that one takes in which tokens are not known, the session included, from above.
  static uint64_t MemoryFor(const TokenPredictor& model, int lanes, int threads);

  // Known: the lane's tokens, to be filled in before the first step.
  std::vector<uint32_t>& tokens(int lane) { return tokens_[static_cast<size_t>(lane)]; }
  // Unknown: the token of the lane's last step.
  void SetLast(int lane, uint32_t token) { tokens(lane).assign(1, token); }

  // The next step of `lanes`, in ascending order: those that have another token. Errors: those of
  // the session.
  Status Step(std::span<const int> lanes);

  // Of the lane's next token, valid until the next step.
  const uint32_t* weights(int lane) const { return weights_of_[static_cast<size_t>(lane)]; }

 private:
  static TokenSessionSize SizeFor(int lanes, int threads, Tokens tokens, bool is_on_device);
  uint32_t InputAt(int lane, size_t step) const;

  const TokenPredictor& model_;
  const bool is_known_;
  const size_t vocabulary_;
  const TokenSessionSize size_;
  const size_t positions_;
  std::unique_ptr<TokenSession> session_;
  std::vector<std::vector<uint32_t>> tokens_;  // [lane]: all of them or the last one
  size_t step_ = 0;                            // the next one
  std::vector<int> batch_;                     // lanes in weights_
  std::vector<uint32_t> inputs_;               // [batch][position]
  AlignedVector<uint32_t> own_weights_;        // empty if the session has memory for them
  uint32_t* weights_;                          // [batch][position][token]
  std::vector<const uint32_t*> weights_of_;    // [lane]
};

}  // namespace lmz::token
