// A model that is quick enough for tests which code much: random weights, no use as a predictor.
#pragma once

#include <memory>
#include <vector>

#include "codec/block.h"
#include "model/network.h"
#include "tests/reference/random_model.h"

namespace lmz::testing {

inline const ModelFile& TinyModelFile() {
  static const ModelFile file = [] {
    ModelFile model =
        RandomModel({.width = 16, .layers = 1, .state = 16, .hidden = 16}, 5, Wildness::kTame);
    model.card.name = "tiny-test";
    return ParseModelFile(WriteModelFile(model).value()).value();
  }();
  return file;
}

// The tiny model, for whoever decodes: bound to the kernels that were active at first use.
inline const std::vector<std::shared_ptr<const Network>>& TinyModels() {
  static const std::vector<std::shared_ptr<const Network>> models = {
      std::make_shared<const Network>(TinyModelFile())};
  return models;
}

inline BlockResources WithTinyModels() {
  return {.models = TinyModels()};
}

}  // namespace lmz::testing
