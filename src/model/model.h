// A model ready for use, whatever it predicts: immutable, shared by all threads.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <utility>

#include "model/mixer_start.h"
#include "model/model_card.h"

namespace lmz {

class Predictor;       // of bytes: model/predictor.h
class TokenPredictor;  // of tokens: model/token/token_predictor.h

class Model {
 public:
  Model(const Model&) = delete;
  Model& operator=(const Model&) = delete;
  virtual ~Model() = default;

  const ModelId& id() const { return id_; }
  const ModelCard& card() const { return card_; }
  // How many numbers its training found.
  uint64_t parameters() const { return parameters_; }
  // Where the context mixer begins; null: as without training.
  const MixerStart* mixer_start() const { return mixer_start_ ? &*mixer_start_ : nullptr; }

  // The model as what it is; null where it is the other.
  virtual const Predictor* as_byte_predictor() const { return nullptr; }
  virtual const TokenPredictor* as_token_predictor() const { return nullptr; }

 protected:
  Model(const ModelId& id, ModelCard card, uint64_t parameters,
        std::optional<MixerStart> mixer_start)
      : id_(id),
        card_(std::move(card)),
        parameters_(parameters),
        mixer_start_(std::move(mixer_start)) {}

 private:
  ModelId id_;
  ModelCard card_;
  uint64_t parameters_;
  std::optional<MixerStart> mixer_start_;
};

using SharedModel = std::shared_ptr<const Model>;

}  // namespace lmz
