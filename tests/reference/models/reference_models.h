// The models that blocks of tests name, as the second decoder wants them.
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <memory>
#include <utility>
#include <vector>

#include "model/library.h"
#include "tests/corpora.h"
#include "tests/hashing_model.h"
#include "tests/reference/file_decoder.h"
#include "tests/reference/models/reference_glr.h"
#include "tests/tiny_model.h"

namespace lmz::testing {

// The models that come with lmz by their numbers, the tiny test model by its id.
inline const ModelFile& FindModelFile(const reference::ModelName& name) {
  static std::map<uint64_t, ModelFile> numbered;
  const ModelId& tiny = TinyModelFile().id;
  if (name.number == 0 && std::equal(name.id.begin(), name.id.end(), tiny.begin())) {
    return TinyModelFile();
  }
  const CatalogRow* const row = FindNumber(static_cast<uint8_t>(name.number));
  if (row == nullptr || row->id[0] != name.id.at(0)) throw reference::Damage("model missing");
  const auto loaded = numbered.find(name.number);
  if (loaded != numbered.end()) return loaded->second;
  Bytes file(row->file.begin(), row->file.end());
  if (file.empty()) {
    file = ReadTestFile(SourcePath("models/" + std::string(row->name) + ".lmm")).value();
  }
  return numbered.emplace(name.number, ParseModelFile(file).value()).first->second;
}

// The model of tokens that tests code with.
inline reference::Model HashingTokens() {
  const TokenPredictor& hashing = *Hashing();
  reference::TokenModel tokens;
  for (uint32_t token = 0; token < hashing.vocabulary().size(); ++token) {
    tokens.texts.emplace_back(hashing.vocabulary().text(token));
    tokens.rows.push_back(hashing.vocabulary().row(token));
  }
  tokens.begin_row = hashing.vocabulary().begin_row();
  tokens.new_network = [&hashing]() -> reference::TokenModel::Network {
    const std::shared_ptr<TokenSession> session = hashing.Begin({});
    return [session, size = hashing.vocabulary().size()](uint32_t row) {
      std::vector<uint32_t> weights(size);
      const int lane = 0;
      EXPECT_TRUE(session->Step({&lane, 1}, 1, &row, weights.data()).ok());
      return weights;
    };
  };
  reference::Model model;
  model.tokens = std::make_shared<reference::TokenModel>(std::move(tokens));
  return model;
}

// The slow network of a model.
inline reference::Model SlowNetwork(const reference::ModelName& name) {
  const ModelId& hashing = Hashing()->id();
  if (name.number == 0 && std::equal(name.id.begin(), name.id.end(), hashing.begin())) {
    return HashingTokens();
  }
  const ModelFile& file = FindModelFile(name);
  reference::Model model;
  model.new_network = [&file]() -> reference::Network {
    return
        [network = ReferenceGlr(file.glr())](uint8_t byte) mutable { return network.Step(byte); };
  };
  for (size_t s = 0; file.mixer_start && s < model.start.size(); ++s) {
    const auto& weights = file.mixer_start->weights[s];
    model.start[s].clear();
    for (size_t i = 0; i < 39; ++i) {
      if (i != 35) model.start[s].push_back(std::clamp((weights[i] + 1) >> 1, -32767, 32767));
    }
  }
  return model;
}

}  // namespace lmz::testing
