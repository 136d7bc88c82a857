#include "codec/audio/sample_words.h"

#include <gtest/gtest.h>

#include <bit>

#include "tests/random.h"

namespace lmz::audio {
namespace {

Bytes WordsOf(const std::vector<uint32_t>& words, int size) {
  Bytes bytes;
  ByteWriter writer(bytes);
  for (const uint32_t word : words) writer.Le(word, size);
  return bytes;
}

SampleLayout Layout(int sample_bytes, bool is_float = false) {
  SampleLayout layout;
  layout.channels = 1;
  layout.sample_bytes = static_cast<uint8_t>(sample_bytes);
  layout.is_float = is_float;
  return layout;
}

// Parts and joins all words of `bytes`; returns the analysis.
Analysis ExpectJoined(const Bytes& bytes, SampleLayout layout) {
  layout.frames = bytes.size() / layout.sample_bytes;
  const std::optional<Analysis> analysis = Analyse(bytes, layout, Watch());
  EXPECT_TRUE(analysis.has_value());
  if (!analysis) return {};
  EXPECT_TRUE(IsValid(analysis->split, layout));
  const SampleRange limits = LimitsOf(layout, analysis->split);
  EXPECT_LT(analysis->range.lowest, analysis->range.highest);
  EXPECT_GE(analysis->range.lowest, limits.lowest);
  EXPECT_LE(analysis->range.highest, limits.highest);
  const SampleWords words(layout, analysis->split);
  Bytes back(bytes.size());
  for (size_t i = 0; i < bytes.size(); i += layout.sample_bytes) {
    Parted parted = words.Load(&bytes[i]);
    EXPECT_GE(parted.high, analysis->range.lowest);
    EXPECT_LE(parted.high, analysis->range.highest);
    if (words.has_low_bits()) {
      EXPECT_EQ(uint64_t{parted.low} >> words.LowBits(words.HighBits(parted.high)), 0u);
    } else {
      parted.low = 0;  // a decoder has none
    }
    words.Store(parted, &back[i]);
  }
  EXPECT_EQ(back, bytes);
  return *analysis;
}

TEST(SampleWords, BitsThatAreTheSameInAllWordsAreLeftOut) {
  const std::vector<uint32_t> words = {0x7FF7, 0x8007, 0x0017, 0xFFE7};
  EXPECT_EQ(ExpectJoined(WordsOf(words, 2), Layout(2)).split.shift, 4);
  SampleLayout is_unsigned = Layout(2);
  is_unsigned.is_unsigned = true;
  const Analysis analysis = ExpectJoined(WordsOf(words, 2), is_unsigned);
  EXPECT_EQ(analysis.split.shift, 4);
  EXPECT_EQ(analysis.split.low, 7u);
  EXPECT_EQ(ExpectJoined(WordsOf({5, 6}, 2), Layout(2)).split.shift, 0);
}

TEST(SampleWords, ConstantsAndExtremesComeBack) {
  for (int size = 1; size <= 4; ++size) {
    const uint32_t top = uint32_t{1} << (8 * size - 1);
    for (const uint32_t word : {0u, 1u, top - 1, top, 2 * top - 1, top / 2}) {
      for (const bool is_unsigned : {false, true}) {
        SampleLayout layout = Layout(size);
        layout.is_unsigned = is_unsigned;
        ExpectJoined(WordsOf({word, word}, size), layout);
        ExpectJoined(WordsOf({word, top}, size), layout);
        ExpectJoined(WordsOf({word, top - 1, top, 0}, size), layout);
      }
    }
  }
}

TEST(SampleWords, WideIntegersAreParted) {
  TestRandom random(1);
  std::vector<uint32_t> words;
  for (int i = 0; i < 100; ++i) words.push_back(static_cast<uint32_t>(random.Next()));
  const Analysis noise = ExpectJoined(WordsOf(words, 4), Layout(4));
  EXPECT_TRUE(noise.split.has_low_bits);
  EXPECT_EQ(noise.split.shift, 8);
  for (uint32_t& word : words) word &= 0xFFFFFF00;
  EXPECT_FALSE(ExpectJoined(WordsOf(words, 4), Layout(4)).split.has_low_bits);
  // 24 bits in the lower bytes, behind their signs.
  for (uint32_t& word : words) word = static_cast<uint32_t>(static_cast<int32_t>(word) >> 8);
  EXPECT_EQ(ExpectJoined(WordsOf(words, 4), Layout(4)).split.shift, 0);
}

TEST(SampleWords, NumbersThatWereIntegersHaveNoLowBits) {
  std::vector<uint32_t> words;
  for (int i = -32768; i < 32768; i += 37) {
    words.push_back(std::bit_cast<uint32_t>(static_cast<float>(i) / 32768.0f));
  }
  words.push_back(0);
  const Analysis analysis = ExpectJoined(WordsOf(words, 4), Layout(4, true));
  EXPECT_FALSE(analysis.split.has_low_bits);
  EXPECT_LE(analysis.range.highest - analysis.range.lowest, 65536);
}

TEST(SampleWords, AnyFiniteNumbersComeBack) {
  TestRandom random(2);
  std::vector<uint32_t> words = {0,          0x80000000, 1,          0x80000001, 0x007FFFFF,
                                 0x00800000, 0x7F7FFFFF, 0xFF7FFFFF, 0x3F800000, 0xBF800000};
  ExpectJoined(WordsOf(words, 4), Layout(4, true));
  ExpectJoined(WordsOf({0, 0}, 4), Layout(4, true));
  ExpectJoined(WordsOf({1, 0x80000000}, 4), Layout(4, true));
  for (int spread = 1; spread <= 200; spread += 7) {
    words.clear();
    for (int i = 0; i < 200; ++i) {
      const auto exponent = static_cast<uint32_t>(random.Below(static_cast<uint64_t>(spread)));
      words.push_back((static_cast<uint32_t>(random.Next()) & 0x807FFFFF) | exponent << 23);
    }
    ExpectJoined(WordsOf(words, 4), Layout(4, true));
  }
}

TEST(SampleWords, InfinitiesAreNotParted) {
  SampleLayout layout = Layout(4, true);
  layout.frames = 2;
  EXPECT_FALSE(Analyse(WordsOf({0x7F800000, 0}, 4), layout, Watch()));
  EXPECT_FALSE(Analyse(WordsOf({0x3F800000, 0xFFC00000}, 4), layout, Watch()));
}

}  // namespace
}  // namespace lmz::audio
