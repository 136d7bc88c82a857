// The library's model of tokens for tests, for the second decoder.
#pragma once

#include <gtest/gtest.h>

#include <memory>
#include <utility>

#include "tests/hashing_model.h"
#include "text_decoder.h"

namespace lmz::reference {

inline Model HashingTokens() {
  const TokenPredictor& hashing = *lmz::testing::Hashing();
  TokenModel tokens;
  for (uint32_t token = 0; token < hashing.vocabulary().size(); ++token) {
    tokens.texts.emplace_back(hashing.vocabulary().text(token));
    tokens.rows.push_back(hashing.vocabulary().row(token));
  }
  tokens.begin_row = hashing.vocabulary().begin_row();
  tokens.new_network = [&hashing]() -> TokenModel::Network {
    const std::shared_ptr<TokenSession> session = hashing.Begin({});
    return [session, size = hashing.vocabulary().size()](uint32_t row) {
      std::vector<uint32_t> weights(size);
      const int lane = 0;
      EXPECT_TRUE(session->Step({&lane, 1}, 1, &row, weights.data()).ok());
      return weights;
    };
  };
  Model model;
  model.tokens = std::make_shared<TokenModel>(std::move(tokens));
  return model;
}

}  // namespace lmz::reference
