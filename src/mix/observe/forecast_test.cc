#include "mix/observe/forecast.h"

#include <gtest/gtest.h>

#include "entropy/code_byte.h"
#include "mix/code_byte.h"
#include "tests/random.h"

namespace lmz {
namespace {

constexpr size_t kSize = 6000;

// One lane of text whose bytes are all known.
struct Walk {
  explicit Walk(ByteSpan text, Profile profile)
      : mixer(ContextMixer::Make(text.size(), 1, ContextMixer::For({}), BestKernels(MixerBuilds()))
                  .value()),
        lane(mixer.MakeLane(text.data(), 0, profile)) {}

  ContextMixer mixer;
  ContextMixer::Lane lane;
};

TEST(Forecast, PeekingLeavesNoTrace) {
  const Bytes text = TestRandom(1).Text(kSize);
  for (const Profile profile : {Profile::kText, Profile::kBinary}) {
    Walk plain(text, profile), peeked(text, profile);
    uint64_t same_first = 0, difference_q16 = 0;
    for (const uint8_t byte : text) {
      std::array<uint32_t, 256> seen{};
      for (uint32_t node = 1; node < 256; ++node) seen[node] = peeked.mixer.Peek(peeked.lane, node);
      uint32_t node = 1;
      for (int i = 7; i >= 0; --i) {
        const int bit = byte >> i & 1;
        const uint32_t p1_q16 = plain.mixer.Predict(plain.lane);
        ASSERT_EQ(peeked.mixer.Predict(peeked.lane), p1_q16);
        same_first += node == 1 && seen[node] == p1_q16 ? 1 : 0;
        difference_q16 += seen[node] > p1_q16 ? seen[node] - p1_q16 : p1_q16 - seen[node];
        plain.mixer.Update(plain.lane, bit);
        peeked.mixer.Update(peeked.lane, bit);
        node = 2 * node + static_cast<uint32_t>(bit);
      }
      plain.mixer.UpdateByte(plain.lane);
      peeked.mixer.UpdateByte(peeked.lane);
    }
    // The first bit differs only where two contexts share a slot, the others by what those before
    // them have taught.
    EXPECT_GE(same_first, kSize * 999 / 1000);
    EXPECT_LE(difference_q16 / (8 * kSize), 1000u);
  }
}

TEST(Forecast, TheLikeliestComeFirst) {
  // A tree in which each byte is as likely as its own number says.
  uint64_t all = 0;
  for (uint64_t byte = 0; byte < 256; ++byte) all += byte * byte * byte * byte;
  const auto sum = [](uint32_t node) {
    uint32_t first = node, last = node;
    while (first < 256) {
      first = 2 * first;
      last = 2 * last + 1;
    }
    uint64_t weights = 0;
    for (uint64_t byte = first - 256; byte <= last - 256; ++byte)
      weights += byte * byte * byte * byte;
    return weights;
  };
  const Guesses guesses = LikeliestOf([&](uint32_t node) {
    return static_cast<uint32_t>((sum(2 * node + 1) << 16) / std::max<uint64_t>(sum(node), 1));
  });
  for (size_t i = 0; i < kGuesses; ++i) {
    EXPECT_EQ(guesses[i].byte, 255 - i);
    const uint64_t byte = guesses[i].byte;
    EXPECT_NEAR(guesses[i].p_q16, static_cast<double>((byte * byte * byte * byte << 16) / all), 16);
  }
}

TEST(Forecast, WhatIsUnlikelyIsLeftOut) {
  const Guesses even = LikeliestOf([](uint32_t) { return 32768u; });
  EXPECT_EQ(even[0].p_q16, 0);
  const Guesses sure = LikeliestOf([](uint32_t node) { return (node & 1) != 0 ? 65000u : 64000u; });
  EXPECT_EQ(sure[0].byte, 255);
  EXPECT_GT(sure[0].p_q16, 55000);
}

TEST(Forecast, OfAnOpinion) {
  std::array<uint32_t, 256> weights;
  weights.fill(1);
  weights['x'] = 900;
  weights['a'] = 600;
  weights['q'] = 100;
  ByteOpinion opinion;
  opinion.Set(weights.data(), BestKernels(MixerBuilds()));
  const Guesses guesses = LikeliestOf(opinion);
  EXPECT_EQ(guesses[0].byte, 'x');
  EXPECT_EQ(guesses[1].byte, 'a');
  EXPECT_EQ(guesses[2].byte, 'q');
  EXPECT_EQ(guesses[3].p_q16, 0);
  EXPECT_EQ(guesses[0].p_q16, 900 * 65536 / (900 + 600 + 100 + 253));
  EXPECT_EQ(ShareOf(opinion, 'a'), 600 * 65536 / (900 + 600 + 100 + 253));
}

}  // namespace
}  // namespace lmz
