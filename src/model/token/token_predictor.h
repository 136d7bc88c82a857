// What predicts tokens, pieces of one or more bytes from a fixed vocabulary: the counterpart of
// Predictor (predictor.h) for models that read and write tokens. Weights are exact integers: they
// depend on the tokens of their own lane alone, not on the machine, on other lanes, or on how many
// positions are stepped at once.
#pragma once

#include <cstdint>
#include <memory>
#include <utility>

#include "base/bytes.h"
#include "model/model.h"
#include "model/token/vocabulary.h"

namespace lmz {

// How a token session is used. All numbers are at least 1.
struct TokenSessionSize {
  int lanes = 1;
  int positions = 1;  // of a lane in one step, at most
  int threads = 1;    // that a step may use
};

class TokenSession {
 public:
  TokenSession() = default;
  TokenSession(const TokenSession&) = delete;
  TokenSession& operator=(const TokenSession&) = delete;
  virtual ~TokenSession() = default;

  // Feeds each of `count` distinct lanes `lanes[i]` the `positions` tokens
  // tokens[i * positions ..], which are rows of the vocabulary's model (Vocabulary::begin_row() at
  // the start of a lane), and gives for each the weights of the token that follows it:
  // weights[(i * positions + p) * vocabulary.size() + token], 1 .. 2^30, not normalised, for the
  // vocabulary's tokens in their order (those of rows that are no tokens are left out). Several
  // positions give what as many single steps give. One call at a time. Errors: those of a device;
  // memory was taken when the session began.
  virtual Status Step(std::span<const int> lanes, int positions, const uint32_t* tokens,
                      uint32_t* weights) = 0;

  // Memory of the session for the weights of a step of all lanes and positions, to which they come
  // quickest; null: any memory will do.
  virtual uint32_t* WeightsMemory() { return nullptr; }
};

class TokenPredictor : public Model {
 public:
  const Vocabulary& vocabulary() const { return vocabulary_; }
  const TokenPredictor* as_token_predictor() const final { return this; }

  // The bytes that a session takes, from above; the predictor's own are not among them.
  virtual uint64_t SessionMemory(const TokenSessionSize& size) const = 0;

  // A session whose lanes are all at the start of their data. The predictor outlives it. May throw
  // std::bad_alloc. Thread-safe.
  virtual std::unique_ptr<TokenSession> Begin(const TokenSessionSize& size) const = 0;

 protected:
  TokenPredictor(const ModelId& id, ModelCard card, uint64_t parameters,
                 std::optional<MixerStart> mixer_start, Vocabulary vocabulary)
      : Model(id, std::move(card), parameters, std::move(mixer_start)),
        vocabulary_(std::move(vocabulary)) {}

 private:
  Vocabulary vocabulary_;
};

}  // namespace lmz
