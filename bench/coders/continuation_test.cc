#include "bench/coders/continuation.h"

#include <gtest/gtest.h>

#include "bench/coders/network_alone.h"
#include "bench/coders/tokens_alone.h"
#include "bench/test_support.h"
#include "model/token/token_predictor.h"
#include "tests/reference/models/random_transformer.h"

namespace lmz::bench {
namespace {

class Continuations : public FolderTest {
 protected:
  void SetUp() override {
    FolderTest::SetUp();
    const RandomTransformerModel toy = RandomTransformer(ToyShape(), 1, Wildness::kTame);
    WriteBytes(In("toy.lmm"), WriteModelFile(toy.file).value());
    llms_ = LoadLanguageModels({In("toy.lmm")}).value();
    models_ = {LoadModelOfLevel(1).value()};
    AddGzipContinuer(continuers_);
    AddLmzContinuers(models_, continuers_);
    AddTokenContinuers(llms_, 2, continuers_);
  }

  const Continuer& Named(const std::string& name) const {
    for (const auto& continuer : continuers_) {
      if (continuer->name() == name) return *continuer;
    }
    ADD_FAILURE() << "there is no " << name;
    return *continuers_[0];
  }

  std::vector<BenchModel> models_, llms_;
  Continuers continuers_;
};

Continuation Made(const Continuer& continuer, const Continuer::Beginning& beginning, size_t size,
                  uint64_t seed) {
  Result<Continuation> made = continuer.Continue(beginning, size, seed);
  EXPECT_TRUE(made.ok()) << continuer.name() << ": " << made.status().message();
  return made.ok() ? std::move(made).value() : Continuation{};
}

TEST_F(Continuations, DependOnTheSeedAlone) {
  const Bytes text = SomeText(512);
  for (const auto kind :
       {Continuer::Kind::kText, Continuer::Kind::kPixels, Continuer::Kind::kSamples}) {
    const Continuer::Beginning beginning = {text, kind, 32};
    for (const auto& continuer : continuers_) {
      if (!continuer->Takes(kind)) continue;
      const Continuation made = Made(*continuer, beginning, 64, 1);
      EXPECT_EQ(made.bytes.size(), 64u) << continuer->name();
      EXPECT_GT(made.random_bits, 0u) << continuer->name();
      EXPECT_EQ(made.bytes, Made(*continuer, beginning, 64, 1).bytes) << continuer->name();
      EXPECT_NE(made.bytes, Made(*continuer, beginning, 64, 2).bytes) << continuer->name();
    }
  }
  EXPECT_FALSE(Named("lmz, image and audio").Takes(Continuer::Kind::kText));
}

// Sampling is decoding: the code of the network alone grows by the bits that were taken.
TEST_F(Continuations, TakeAsManyBitsAsTheirCodeHas) {
  const Bytes text = SomeText(700);
  Continuation made = Made(Named("network tiny alone"), {text}, 1500, 3);
  Bytes all = text;
  ByteWriter(all).Append(made.bytes);
  const auto sizes = VerifiedSizesAlone(*models_[0].network, {text, all}, 1).value();
  EXPECT_NEAR(static_cast<double>(8 * (sizes[1] - sizes[0])), static_cast<double>(made.random_bits),
              0.01 * 8 * 1500 + 16);

  made = Made(Named("network " + llms_[0].name + " alone"), {text}, 1500, 3);
  all = text;
  ByteWriter(all).Append(made.bytes);
  const auto& tokens = *llms_[0].model->as_token_predictor();
  const auto token_sizes = VerifiedTokenSizesAlone(tokens, {text, all}, 1).value();
  // Text can be cut into tokens in more ways than the one in which it was drawn.
  EXPECT_LE(8 * (token_sizes[1] - token_sizes[0]), made.random_bits + made.random_bits / 4 + 16);
}

// What compresses best is likeliest: a long repetition goes on in at least a third of all draws,
// where one of 256 would be chance.
TEST_F(Continuations, GzipExpectsWhatCompressesWell) {
  Bytes random;
  for (uint32_t x = 7; random.size() < 300; x = x * 1103515245 + 12345) {
    random.push_back(static_cast<uint8_t>(x >> 16));
  }
  Bytes given = random;
  ByteWriter(given).Append(ByteSpan(random).first(200));
  int followed = 0;
  constexpr uint64_t kDraws = 30;
  for (uint64_t seed = 0; seed < kDraws; ++seed) {
    followed += Made(Named("gzip -9"), {given}, 1, seed).bytes[0] == random[200] ? 1 : 0;
  }
  EXPECT_GE(followed, static_cast<int>(kDraws / 3));
}

}  // namespace
}  // namespace lmz::bench
