#include "codec/text/sample.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "base/checksum.h"
#include "codec/text/text.h"
#include "tests/recipes.h"
#include "tests/tiny_model.h"

namespace lmz {
namespace {

Bytes Sampled(size_t size, const SampleOptions& options, ByteSpan prompt = {}, int threads = 1,
              uint64_t* bits = nullptr) {
  Bytes block(prompt.begin(), prompt.end());
  block.resize(prompt.size() + size);
  const Result<uint64_t> taken = SampleText(options, prompt.size(), block, {.threads = threads});
  EXPECT_TRUE(taken.ok()) << taken.status().message();
  if (bits != nullptr && taken.ok()) *bits = taken.value();
  return block;
}

// Sampling is decoding: what was drawn has a code of as many bits as it was drawn from.
TEST(Sample, TakesAsManyBitsAsItsCodeHas) {
  for (const size_t size : {20'000u, 70'000u}) {  // one lane and two
    uint64_t bits = 0;
    const Bytes block =
        Sampled(size, {.model = testing::TinyModel().get(), .seed = 7}, {}, 1, &bits);
    Bytes payload;
    const TextOptions text = {.profile = Profile::kText, .model = testing::TinyModel().get()};
    ASSERT_TRUE(EncodeText(block, text, {}, payload).ok());
    const auto coded = static_cast<double>(8 * payload.size());
    EXPECT_NEAR(coded, static_cast<double>(bits), 0.01 * static_cast<double>(bits) + 8 * 24);
  }
}

TEST(Sample, DependsOnTheSeedAndNotOnThreads) {
  const SampleOptions one = {.model = testing::TinyModel().get(), .seed = 1};
  const SampleOptions two = {.model = testing::TinyModel().get(), .seed = 2};
  const Bytes first = Sampled(100'000, one);
  EXPECT_EQ(first, Sampled(100'000, one, {}, 3));
  EXPECT_NE(Sampled(100, one), Sampled(100, two));
  // The same on every machine.
  EXPECT_EQ(Checksum64(Sampled(1000, {.seed = 3})), 11755565296989435335u);
}

TEST(Sample, GoesOnBehindThePrompt) {
  const Bytes prompt = testing::MakeWords(40'000);  // longer than the first of several lanes
  const Bytes block = Sampled(30'000, {.seed = 4}, prompt);
  EXPECT_TRUE(std::equal(prompt.begin(), prompt.end(), block.begin()));
  // Words that were never seen are rare behind so many that were.
  const Bytes alone = Sampled(30'000, {.seed = 4});
  const auto letters = [](ByteSpan bytes) {
    return std::count_if(bytes.begin(), bytes.end(),
                         [](uint8_t c) { return c >= 'a' && c <= 'z'; });
  };
  EXPECT_GT(letters(ByteSpan(block).subspan(40'000)), 2 * letters(alone));
}

TEST(Sample, LowTemperaturesFollowWhatIsLikely) {
  const Bytes prompt = testing::MakeWords(20'000);
  uint64_t cold = 0, plain = 0, warm = 0;
  Sampled(5000, {.temperature_milli = 500}, prompt, 1, &cold);
  Sampled(5000, {}, prompt, 1, &plain);
  Sampled(5000, {.temperature_milli = 2000}, prompt, 1, &warm);
  EXPECT_LT(cold, plain);
  EXPECT_LT(plain, warm);
}

TEST(Sample, ImpossibleRequestsAreRefused) {
  Bytes block(10);
  EXPECT_EQ(SampleText({}, 11, block).status().code(), Code::kInvalidArgument);
  EXPECT_EQ(SampleText({}, 0, {}).status().code(), Code::kInvalidArgument);
  EXPECT_EQ(SampleText({.temperature_milli = 0}, 0, block).status().code(), Code::kInvalidArgument);
  EXPECT_TRUE(SampleText({}, 10, block).ok()) << "nothing to draw";
}

}  // namespace
}  // namespace lmz
