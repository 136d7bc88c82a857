// A model that is quick enough for tests which code much: random weights, no use as a predictor.
#pragma once

#include <memory>

#include "codec/block.h"
#include "model/glr/glr_predictor.h"
#include "model/library.h"
#include "tests/hashing_model.h"
#include "tests/reference/models/random_model.h"

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

// The tiny model, bound to the kernels that were active at first use.
inline const SharedPredictor& TinyModel() {
  static const SharedPredictor model = std::make_shared<const GlrPredictor>(TinyModelFile());
  return model;
}

// For whoever decodes: the tiny model, the hashing one and the built-in ones.
inline const std::shared_ptr<const ModelLibrary>& TinyModels() {
  static const std::shared_ptr<const ModelLibrary> models = [] {
    const auto library = std::make_shared<ModelLibrary>();
    library->Add(TinyModel());
    library->Add(Hashing());
    return library;
  }();
  return models;
}

inline BlockResources WithTinyModels() {
  return {.models = TinyModels().get()};
}

}  // namespace lmz::testing
