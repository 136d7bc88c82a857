// A model of tokens among the contestants for a block.
#include <gtest/gtest.h>

#include <algorithm>

#include <string>

#include "model/library.h"
#include "plan/contest/contest.h"
#include "tests/corpora.h"
#include "tests/hashing_model.h"
#include "tests/paths.h"
#include "tests/random.h"

namespace lmz {
namespace {

// Knows one text by heart: expects what follows its last bytes there.
class LearnedModel final : public TokenPredictor {
 public:
  explicit LearnedModel(Bytes text)
      : TokenPredictor(Checksum128(ToBytes("learned")), {"learned", "Apache-2.0", ""}, 0, {},
                       testing::OddVocabulary()),
        text_(text.begin(), text.end()) {}

  uint64_t SessionMemory(const TokenSessionSize& size) const override {
    return static_cast<uint64_t>(size.lanes) * 1000;
  }

  std::unique_ptr<TokenSession> Begin(const TokenSessionSize& size) const override {
    return std::make_unique<LearnedSession>(*this, size.lanes);
  }

 private:
  class LearnedSession final : public TokenSession {
   public:
    LearnedSession(const LearnedModel& model, int lanes)
        : model_(model), pasts_(static_cast<size_t>(lanes)) {}

    Status Step(std::span<const int> lanes, int positions, const uint32_t* tokens,
                uint32_t* weights) override {
      const Vocabulary& vocabulary = model_.vocabulary();
      for (const int lane : lanes) {
        std::string& past = pasts_[static_cast<size_t>(lane)];
        for (int p = 0; p < positions; ++p, weights += vocabulary.size()) {
          past += vocabulary.text(*tokens++);
          past.erase(0, past.size() - std::min<size_t>(past.size(), 8));
          std::fill(weights, weights + vocabulary.size(), 1u);
          const size_t found = model_.text_.find(past);
          if (found == std::string::npos) continue;
          const auto next = std::string_view(model_.text_).substr(found + past.size());
          for (uint32_t token = 0; token < vocabulary.size(); ++token) {
            const std::string_view text = vocabulary.text(token);
            if (next.starts_with(text))
              weights[token] = 1u << std::min<size_t>(14 + text.size(), 30);
          }
        }
      }
      return OkStatus();
    }

   private:
    const LearnedModel& model_;
    std::vector<std::string> pasts_;
  };

  std::string text_;
};

const ModelLibrary& Library() {
  static const ModelLibrary library;  // the built-in models
  return library;
}

BlockPlan PlanOf(const Bytes& raw, Content content) {
  return {.size = raw.size(), .content = content, .choice = {.options = BytesOptions{}}};
}

BlockHeader EncodeWith(const Model* model, const Bytes& raw, Content content, Bytes& payload) {
  const BlockResources resources = {.models = &Library()};
  return EncodePlanned(raw, PlanOf(raw, content), model, payload, resources).value();
}

Bytes Prose(size_t size) {
  Bytes raw = ReadTestFile(testing::SourcePath("LICENSE")).value();
  raw.resize(size);
  return raw;
}

TEST(TokenContest, AModelThatKnowsTheTextWins) {
  for (const size_t size : {size_t{900}, size_t{9000}}) {  // tried at once, and by a sample
    const Bytes raw = Prose(size);
    const LearnedModel model(raw);
    Bytes payload, back(raw.size());
    const BlockHeader header = EncodeWith(&model, raw, Content::kText, payload);
    EXPECT_EQ(header.codec, kTokenCodec.id) << size;
    EXPECT_LT(payload.size(), raw.size() / 8);
    ModelLibrary library;
    library.Add(std::shared_ptr<const Model>(&model, [](const Model*) {}));
    EXPECT_TRUE(DecodeBlock(header, payload, back, {.models = &library}).ok());
    EXPECT_EQ(back, raw);
  }
}

// A block is then what the best level of bytes makes of it.
TEST(TokenContest, AModelThatDoesNotPayChangesNothing) {
  const SharedModel base = Library().OfLevel(3).value();
  for (const size_t size : {size_t{900}, size_t{9000}}) {
    const Bytes raw = Prose(size);
    Bytes with, without;
    EXPECT_EQ(EncodeWith(testing::Hashing().get(), raw, Content::kText, with).codec,
              EncodeWith(base.get(), raw, Content::kText, without).codec);
    EXPECT_EQ(with, without) << size;
  }
}

TEST(TokenContest, TokensAreForText) {
  const Bytes raw = Prose(3000);
  const LearnedModel model(raw);
  Bytes payload;
  EXPECT_EQ(EncodeWith(&model, raw, Content::kStructured, payload).codec, kTokenCodec.id);
  EXPECT_NE(EncodeWith(&model, raw, Content::kBinary, payload).codec, kTokenCodec.id);
}

}  // namespace
}  // namespace lmz
