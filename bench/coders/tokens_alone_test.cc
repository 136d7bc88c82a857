#include "bench/coders/tokens_alone.h"

#include <gtest/gtest.h>

#include "bench/coders/lmz_coder.h"
#include "bench/test_support.h"
#include "tests/reference/models/random_transformer.h"

namespace lmz::bench {
namespace {

class TokensAlone : public FolderTest {
 protected:
  void SetUp() override {
    FolderTest::SetUp();
    const RandomTransformerModel toy = RandomTransformer(ToyShape(), 1, Wildness::kTame);
    WriteBytes(In("toy.lmm"), WriteModelFile(toy.file).value());
    Result<std::vector<BenchModel>> models = LoadLanguageModels({In("toy.lmm")});
    ASSERT_TRUE(models.ok()) << models.status().message();
    models_ = std::move(models).value();
    for (size_t i = 0; i < 20; ++i) chunks_.push_back(ByteSpan(text_).subspan(i, i * i % 97));
  }

  const TokenPredictor& model() const { return *models_[0].model->as_token_predictor(); }

  const Bytes text_ = SomeText(300);
  std::vector<ByteSpan> chunks_;
  std::vector<BenchModel> models_;
};

TEST_F(TokensAlone, RestoresChunksOfAllSizesAndBytes) {
  Bytes all;
  for (int byte = 255; byte >= 0; --byte) all.push_back(static_cast<uint8_t>(byte));
  chunks_.push_back(all);
  const Result<std::vector<uint64_t>> sizes = VerifiedTokenSizesAlone(model(), chunks_, 2);
  ASSERT_TRUE(sizes.ok()) << sizes.status().message();
  EXPECT_EQ(sizes.value().size(), chunks_.size());
  EXPECT_EQ(sizes.value()[0], 0u);
}

TEST_F(TokensAlone, ACodeDoesNotDependOnItsCompany) {
  const std::vector<Bytes> codes = EncodeTokensAlone(model(), chunks_, 1).value();
  for (const size_t i : {size_t{1}, size_t{9}, size_t{19}}) {
    EXPECT_EQ(EncodeTokensAlone(model(), {chunks_[i]}, 2).value()[0], codes[i]);
    EXPECT_EQ(DecodeTokensAlone(model(), {codes[i]}, {chunks_[i].size()}, 1).value()[0],
              Bytes(chunks_[i].begin(), chunks_[i].end()));
  }
}

TEST_F(TokensAlone, TheLikeliestAreTheCodeWhereTheyAreAll) {
  const std::vector<Bytes> codes = EncodeTokensAlone(model(), {chunks_[9]}, 1).value();
  const size_t coded = codes[0].size();
  const uint64_t all = SizeOfLikeliest(model(), {chunks_[9]}, SIZE_MAX, 1).value();
  EXPECT_NEAR(static_cast<double>(all), static_cast<double>(coded), 2);
  // The one likeliest token costs nothing where it is right, and all else costs its bytes.
  EXPECT_LE(SizeOfLikeliest(model(), {chunks_[9]}, 1, 1).value(), chunks_[9].size());
}

TEST_F(TokensAlone, AModelOfBytesIsNoModelOfTokens) {
  EXPECT_EQ(LoadLanguageModels({LMZ_OTHER_MODEL}).status().code(), Code::kInvalidArgument);
  EXPECT_FALSE(LoadLanguageModels({In("none.lmm")}).ok());
}

TEST(Halved, KeepsSevenBits) {
  EXPECT_EQ(Halved(Bytes{0, 1, 2, 255}), (Bytes{0, 0, 1, 127}));
}

}  // namespace
}  // namespace lmz::bench
