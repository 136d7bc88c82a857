#include "model/segmenter/words.h"

#include <gtest/gtest.h>

#include "tests/random.h"

namespace lmz {
namespace {

using Words = SegmenterRules::Words;

// The words of `text` with bars between them.
std::string Cut(const std::string& text, Words rules) {
  const Bytes bytes = ToBytes(text);
  std::string cut;
  for (size_t begin = 0; begin < text.size();) {
    const size_t end = WordEnd(bytes, begin, rules);
    if (begin != 0) cut += '|';
    cut += text.substr(begin, end - begin);
    begin = end;
  }
  return cut;
}

TEST(Words, Gpt2) {
  EXPECT_EQ(Cut("It's we'll 'S'x.", Words::kGpt2), "It|'s| we|'ll| '|S|'|x|.");
  EXPECT_EQ(Cut("a  b\n\n  c 2024!?\t\tx ", Words::kGpt2), "a| | b|\n\n | c| 2024|!?|\t|\t|x| ");
  EXPECT_EQ(Cut("na\xC3\xAFve \xE4\xBD\xA0\xE5\xA5\xBD\xC2\xA0x\xE2\x80\xA6", Words::kGpt2),
            "na\xC3\xAFve| \xE4\xBD\xA0\xE5\xA5\xBD|\xC2\xA0|x|\xE2\x80\xA6");
}

TEST(Words, SmollmHasDigitsApart) {
  EXPECT_EQ(Cut("in 1984,  x42  7", Words::kSmollm), "in| |1|9|8|4|,| | x|4|2|  |7");
  EXPECT_EQ(Cut("x\xC2\xB2\xC2\xB2", Words::kSmollm), "x|\xC2\xB2|\xC2\xB2");
}

TEST(Words, Llama3) {
  EXPECT_EQ(Cut("I'LL (go) 12345 now!!\n\n x", Words::kLlama3),
            "I|'LL| (|go|)| |123|45| now|!!\n\n| x");
  EXPECT_EQ(Cut("a \n \n  b\r\n", Words::kLlama3), "a| \n \n| | b|\r\n");
}

TEST(Words, Qwen2HasDigitsApart) {
  EXPECT_EQ(Cut("x 123\n", Words::kQwen2), "x| |1|2|3|\n");
}

TEST(Words, BytesThatAreNoCharactersAreMarks) {
  EXPECT_EQ(Cut("a\xC3 \xED\xA0\x80z\xF5", Words::kGpt2), "a|\xC3| \xED\xA0\x80|z|\xF5");
}

TEST(Words, AreShortAndCutNoCharacter) {
  for (const std::string unit : {"a", "\xC3\xA9", " ", "\n", "!", "1", "\xF0\x9F\x98\x80"}) {
    std::string text = "x";
    while (text.size() < 5000) text += unit;
    const Bytes bytes = ToBytes(text);
    for (const Words rules : {Words::kGpt2, Words::kSmollm, Words::kLlama3, Words::kQwen2}) {
      for (size_t begin = 0; begin < text.size();) {
        const size_t end = WordEnd(bytes, begin, rules);
        ASSERT_GT(end, begin);
        ASSERT_LE(end - begin, kMaxWordSize);
        ASSERT_EQ((end - 1) % unit.size(), 0u);
        begin = end;
      }
    }
  }
}

}  // namespace
}  // namespace lmz
