#include "mix/token/token_opinion.h"

#include <gtest/gtest.h>

#include <cmath>
#include <numeric>

#include "entropy/logistic.h"
#include "tests/random.h"
#include "tests/vocabularies.h"

namespace lmz {
namespace {

using testing::MakeVocabulary;
using testing::PartsOf;

// Two letters in all ways, so that ranges cross the blocks in which weights are summed.
Vocabulary MakeLarge() {
  std::vector<std::string> texts = {"thing", "things", "thinks"};
  for (char a = 'a'; a <= 'z'; ++a) {
    for (char b = 'a'; b <= 'z'; ++b) texts.push_back({a, b});
  }
  return MakeVocabulary(PartsOf(texts));
}

class TokenOpinionTest : public ::testing::Test {
 protected:
  TokenOpinionTest() : vocabulary_(MakeLarge()), trie_(vocabulary_), opinion_(trie_) {
    const Bytes random = TestRandom(7).Random(vocabulary_.size());
    for (const uint8_t byte : random) weights_.push_back(1u << byte % 31);
  }

  double Weight(const std::string& prefix, bool is_whole) const {
    double sum = 0;
    for (uint32_t token = 0; token < vocabulary_.size(); ++token) {
      const std::string_view text = vocabulary_.text(token);
      if (is_whole ? text == prefix : text.starts_with(prefix)) sum += weights_[token];
    }
    return sum;
  }

  Vocabulary vocabulary_;
  TokenTrie trie_;
  std::vector<uint32_t> weights_;
  TokenOpinion opinion_;
};

TEST_F(TokenOpinionTest, BytesHaveTheWeightOfTheirTokens) {
  for (const std::string path : {"", "t", "th", "thi", "q"}) {
    opinion_.Begin(weights_.data());
    for (const char byte : path) opinion_.Enter(static_cast<uint8_t>(byte));
    ASSERT_TRUE(opinion_.CanGoOn());
    std::array<uint32_t, 256> bytes;
    opinion_.ByteWeights(bytes.data());
    const uint64_t total = std::accumulate(bytes.begin(), bytes.end(), uint64_t{0});
    EXPECT_LT(total, uint64_t{1} << 32);
    EXPECT_GT(total, uint64_t{1} << 29);
    const double all = Weight(path, false) - (path.empty() ? 0 : Weight(path, true));
    for (int byte = 0; byte < 256; ++byte) {
      const double wanted = Weight(path + static_cast<char>(byte), false) / all;
      const uint32_t weight = bytes[static_cast<size_t>(byte)];
      EXPECT_EQ(weight != 0, wanted > 0) << path << byte;
      EXPECT_NEAR(weight / static_cast<double>(total), wanted, 1e-6) << path << byte;
    }
  }
}

TEST_F(TokenOpinionTest, AnEndHasTheWeightOfItsToken) {
  for (const std::string path : {"a", "t", "th", "thing"}) {
    opinion_.Begin(weights_.data());
    for (const char byte : path) opinion_.Enter(static_cast<uint8_t>(byte));
    ASSERT_TRUE(opinion_.CanEnd() && opinion_.CanGoOn()) << path;
    const double ends = Weight(path, true);
    const double logit = std::log(ends / (Weight(path, false) - ends)) * 256;
    EXPECT_NEAR(opinion_.EndLogitQ8(), std::clamp<double>(logit, -kMaxLogitQ8, kMaxLogitQ8), 3);
  }
}

TEST_F(TokenOpinionTest, KnowsWhereTokensEnd) {
  opinion_.Begin(weights_.data());
  EXPECT_FALSE(opinion_.CanEnd());
  for (const char byte : {'t', 'h', 'i', 'n', 'k'}) opinion_.Enter(static_cast<uint8_t>(byte));
  EXPECT_FALSE(opinion_.CanEnd());
  opinion_.Enter('s');
  EXPECT_TRUE(opinion_.CanEnd());
  EXPECT_FALSE(opinion_.CanGoOn());
}

// The smallest and the largest of weights leave every byte its chance.
TEST_F(TokenOpinionTest, NothingIsRoundedToNothing) {
  std::fill(weights_.begin(), weights_.end(), 1u);
  weights_[*vocabulary_.Find("th")] = 1u << 30;
  opinion_.Begin(weights_.data());
  std::array<uint32_t, 256> bytes;
  opinion_.ByteWeights(bytes.data());
  EXPECT_EQ(std::count(bytes.begin(), bytes.end(), 0u), 0);
  opinion_.Enter('x');
  EXPECT_NEAR(opinion_.EndLogitQ8(), -std::log(26.0) * 256, 3);
}

}  // namespace
}  // namespace lmz
