// A session of tokens that loses its device goes on as if nothing had happened. The device is the
// CPU here, which fails when it is told to.
#include "device/fallback_token_session.h"

#include <gtest/gtest.h>

#include "model/transformer/transformer_predictor.h"
#include "tests/reference/models/random_transformer.h"

namespace lmz {
namespace {

constexpr int kLanes = 3, kPositions = 5;
constexpr TokenSessionSize kSize = {.lanes = kLanes, .positions = kPositions};

const TransformerPredictor& Network() {
  static const auto model = RandomTransformer(ToyShape(), 6, Wildness::kTame);
  static const TransformerPredictor network(model.file);
  return network;
}

class FailingTokens final : public TokenSession {
 public:
  explicit FailingTokens(int steps) : left_(steps), session_(Network().Begin(kSize)) {}
  Status Step(std::span<const int> lanes, int positions, const uint32_t* tokens,
              uint32_t* weights) override {
    if (left_-- == 0) return Status(Code::kIo, "unplugged");
    return session_->Step(lanes, positions, tokens, weights);
  }

 private:
  int left_;
  std::unique_ptr<TokenSession> session_;
};

using Weights = std::vector<uint32_t>;

// Steps of several lengths, of all lanes and of some.
std::vector<Weights> Use(TokenSession& session) {
  const std::vector<std::vector<int>> some = {{0, 1, 2}, {2, 0}, {1}};
  std::vector<Weights> all;
  for (int round = 0; round < 12; ++round) {
    const std::vector<int>& lanes = some[static_cast<size_t>(round % 3)];
    const int positions = 1 + round % kPositions;
    std::vector<uint32_t> tokens;
    for (size_t i = 0; i < lanes.size() * static_cast<size_t>(positions); ++i) {
      tokens.push_back((static_cast<uint32_t>(round) * 31 + static_cast<uint32_t>(i) * 7) % 260);
    }
    Weights weights(tokens.size() * Network().vocabulary().size());
    EXPECT_TRUE(session.Step(lanes, positions, tokens.data(), weights.data()).ok());
    all.push_back(weights);
  }
  return all;
}

TEST(FallbackTokenSessionTest, GoesOnOnTheCpuWhenTheDeviceFails) {
  const auto plain = Network().Begin(kSize);
  const std::vector<Weights> expected = Use(*plain);
  for (const int steps : {0, 1, 7, 1000}) {
    std::vector<Status> failures;
    FallbackTokenSession session(std::make_unique<FailingTokens>(steps), Network(), kSize,
                                 [&](const Status& status) { failures.push_back(status); });
    EXPECT_EQ(Use(session), expected) << steps;
    ASSERT_EQ(failures.size(), steps == 1000 ? 0u : 1u) << steps;
    if (!failures.empty()) {
      EXPECT_EQ(failures[0].message(), "unplugged");
    }
  }
}

}  // namespace
}  // namespace lmz
