#include "model/segmenter/segmenter.h"

#include <gtest/gtest.h>

#include "tests/random.h"
#include "tests/vocabularies.h"

namespace lmz {
namespace {

using testing::MakeVocabulary;
using testing::NumberOf;
using testing::PartsOf;

std::string Spell(const Vocabulary& vocabulary, const std::vector<uint32_t>& tokens,
                  const std::string& between) {
  std::string text;
  for (const uint32_t token : tokens) {
    if (!text.empty()) text += between;
    text += vocabulary.text(token);
  }
  return text;
}

std::string Cut(const Vocabulary& vocabulary, const std::string& text) {
  std::vector<uint32_t> tokens;
  Segmenter(vocabulary).Segment(ToBytes(text), tokens);
  return Spell(vocabulary, tokens, "|");
}

Vocabulary MakeMerging(SegmenterRules::Words words) {
  Vocabulary::Parts parts = PartsOf({"th", "he", "the", " the", " t", "in", "aa", "aaaa"}, "\x04");
  const auto merge = [&](const std::string& left, const std::string& right) {
    parts.segmenter.merges.push_back({NumberOf(parts, left), NumberOf(parts, right)});
  };
  merge("h", "e");
  merge("t", "he");
  merge("t", "h");
  merge(" ", "the");
  merge("a", "a");
  merge("aa", "aa");
  merge(" ", "t");
  parts.segmenter.words = words;
  return MakeVocabulary(parts);
}

TEST(Segmenter, MergesTheLowestRankFirstAndTheLeftmostOfEquals) {
  const Vocabulary vocabulary = MakeMerging(SegmenterRules::Words::kGpt2);
  EXPECT_EQ(Cut(vocabulary, "the there thin"), "the| the|r|e| |th|i|n");
  EXPECT_EQ(Cut(vocabulary, "aaaaaaa"), "aaaa|aa|a");
  EXPECT_EQ(Cut(vocabulary, ""), "");
}

TEST(Segmenter, VirtualTokensStandForMissingBytes) {
  const Vocabulary vocabulary = MakeMerging(SegmenterRules::Words::kGpt2);
  EXPECT_EQ(Cut(vocabulary, "the\x04\x04the"), "the|\x04|\x04|the");
}

TEST(Segmenter, Llama3TakesAWordThatIsATokenAsItIs) {
  Vocabulary::Parts parts = PartsOf({"ab", "bc", "abc"});
  parts.segmenter.merges = {{NumberOf(parts, "b"), NumberOf(parts, "c")}};
  parts.segmenter.words = SegmenterRules::Words::kQwen2;
  EXPECT_EQ(Cut(MakeVocabulary(parts), "abc"), "a|bc");
  parts.segmenter.words = SegmenterRules::Words::kLlama3;
  EXPECT_EQ(Cut(MakeVocabulary(parts), "abc"), "abc");
}

Vocabulary MakeScored(bool crosses) {
  Vocabulary::Parts parts =
      PartsOf({" a", "ab", " ab", "b ", "b c", "\xC3\xA9", "\xC3\xA9s", "  ", "\n\n", "\n\n\n"});
  parts.segmenter.joins = SegmenterRules::Joins::kScores;
  parts.segmenter.order.assign(parts.texts.size(), UINT32_MAX);
  uint32_t order = 0;
  for (const char* text : {"ab", " ab", " a", "\xC3\xA9s"}) {
    parts.segmenter.order[NumberOf(parts, text)] = order++;
  }
  if (crosses) {
    parts.segmenter.order[NumberOf(parts, "b ")] = order++;
    parts.segmenter.order[NumberOf(parts, "b c")] = order++;
  }
  parts.segmenter.whole = {NumberOf(parts, "\n\n"), NumberOf(parts, "\n\n\n"),
                           NumberOf(parts, "  ")};
  return MakeVocabulary(parts);
}

TEST(Segmenter, JoinsWhatMakesTheBestToken) {
  const Vocabulary vocabulary = MakeScored(false);
  EXPECT_EQ(Cut(vocabulary, " ab aab c"), " ab| a|ab| |c");
  EXPECT_EQ(Cut(vocabulary, "\xC3\xA9s\xC3\xA9\xC3\xE9"), "\xC3\xA9s|\xC3\xA9|\xC3|\xE9");
  EXPECT_EQ(Cut(vocabulary, "\xC3\xA8"), "\xC3|\xA8");  // a character without a token
}

TEST(Segmenter, TokensAreCutOutWholeTheLongestFirst) {
  const Vocabulary vocabulary = MakeScored(false);
  EXPECT_EQ(Cut(vocabulary, "a\n\n\n\n\nb   ab"), "a|\n\n\n|\n\n|b|  | ab");
}

TEST(Segmenter, TokensMayHaveBlanksInTheirMiddle) {
  EXPECT_EQ(Cut(MakeScored(true), "b cab"), "b c|ab");
}

// Whatever the text, the tokens join to it; one letter 16 million times takes no longer than text.
TEST(Segmenter, AnyBytesAreTheirTokensJoined) {
  Bytes hostile(size_t{1} << 20, 'a');
  const Bytes random = TestRandom(5).Random(100'000);
  hostile.insert(hostile.end(), random.begin(), random.end());
  hostile.insert(hostile.end(), size_t{1} << 18, ' ');
  const std::string text(hostile.begin(), hostile.end());
  for (const Vocabulary& vocabulary :
       {MakeMerging(SegmenterRules::Words::kGpt2), MakeMerging(SegmenterRules::Words::kLlama3),
        MakeMerging(SegmenterRules::Words::kNone), MakeScored(false), MakeScored(true)}) {
    std::vector<uint32_t> tokens;
    Segmenter(vocabulary).Segment(hostile, tokens);
    EXPECT_TRUE(Spell(vocabulary, tokens, "") == text);
    EXPECT_LT(tokens.size(), hostile.size());
  }
}

}  // namespace
}  // namespace lmz
