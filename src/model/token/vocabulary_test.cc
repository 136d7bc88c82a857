// Vocabularies: every rule of their parts and of their section of the model file.
#include "model/token/vocabulary.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <functional>

#include "model/file/vocabulary_section.h"

namespace lmz {
namespace {

using Joins = SegmenterRules::Joins;

constexpr uint32_t kRows = 300;

// All bytes, of which two are virtual, "the" and what leads to it.
Vocabulary::Parts SomeParts() {
  Vocabulary::Parts parts;
  for (int byte = 0; byte < 256; ++byte) parts.texts.emplace_back(1, static_cast<char>(byte));
  for (const char* text : {"th", "the", "then"}) parts.texts.emplace_back(text);
  std::sort(parts.texts.begin(), parts.texts.end());
  for (uint32_t i = 0; i < parts.texts.size(); ++i) {
    const std::string& text = parts.texts[i];
    parts.rows.push_back(i + 7);
    parts.is_virtual.push_back(text == "\xC0" || text == "\x01");
  }
  parts.begin_row = 2;
  parts.virtual_weight_log2 = 12;
  parts.segmenter.words = SegmenterRules::Words::kSmollm;
  const auto number = [&parts](const char* text) {
    return static_cast<uint32_t>(std::find(parts.texts.begin(), parts.texts.end(), text) -
                                 parts.texts.begin());
  };
  parts.segmenter.merges = {{number("t"), number("h")}, {number("th"), number("e")}};
  parts.segmenter.whole = {number("a"), number("the")};
  return parts;
}

Vocabulary::Parts WithOrder() {
  Vocabulary::Parts parts = SomeParts();
  parts.segmenter.joins = Joins::kScores;
  parts.segmenter.merges.clear();
  parts.segmenter.order.assign(parts.texts.size(), UINT32_MAX);
  parts.segmenter.order[5] = 0;
  return parts;
}

void ExpectEqual(const Vocabulary& a, const Vocabulary& b) {
  ASSERT_EQ(a.size(), b.size());
  for (uint32_t t = 0; t < a.size(); ++t) {
    EXPECT_EQ(a.text(t), b.text(t));
    EXPECT_EQ(a.row(t), b.row(t));
    EXPECT_EQ(a.is_virtual(t), b.is_virtual(t));
  }
  EXPECT_EQ(a.begin_row(), b.begin_row());
  EXPECT_EQ(a.virtual_weight(), b.virtual_weight());
  EXPECT_EQ(a.segmenter().words, b.segmenter().words);
  EXPECT_EQ(a.segmenter().joins, b.segmenter().joins);
  EXPECT_EQ(a.segmenter().merges, b.segmenter().merges);
  EXPECT_EQ(a.segmenter().order, b.segmenter().order);
  EXPECT_EQ(a.segmenter().whole, b.segmenter().whole);
}

TEST(VocabularyTest, TokensAreFound) {
  const Vocabulary vocabulary = Vocabulary::Make(SomeParts(), kRows).value();
  EXPECT_EQ(vocabulary.size(), 259u);
  for (uint32_t t = 0; t < vocabulary.size(); ++t) {
    EXPECT_EQ(vocabulary.Find(vocabulary.text(t)), t);
    EXPECT_EQ(vocabulary.row(t), t + 7);
    EXPECT_EQ(vocabulary.is_virtual(t),
              vocabulary.text(t) == "\xC0" || vocabulary.text(t) == "\x01");
  }
  for (const char* absent : {"", "tg", "thee", "zz"}) {
    EXPECT_EQ(vocabulary.Find(absent), std::nullopt) << absent;
  }
  EXPECT_EQ(vocabulary.virtual_weight(), 4096u);
}

TEST(VocabularyTest, SectionsRoundTrip) {
  for (const Vocabulary::Parts& parts : {SomeParts(), WithOrder()}) {
    const Vocabulary vocabulary = Vocabulary::Make(parts, kRows).value();
    const Bytes section = WriteVocabulary(vocabulary);
    const Result<Vocabulary> read = ReadVocabulary(section, kRows);
    ASSERT_TRUE(read.ok()) << read.status().message();
    ExpectEqual(vocabulary, read.value());
    EXPECT_EQ(WriteVocabulary(read.value()), section);
  }
}

TEST(VocabularyTest, EveryRuleIsChecked) {
  const auto refused = [](const std::function<void(Vocabulary::Parts&)>& change,
                          bool order = false) {
    Vocabulary::Parts parts = order ? WithOrder() : SomeParts();
    change(parts);
    return Vocabulary::Make(std::move(parts), kRows).status().message();
  };
  using P = Vocabulary::Parts;
  EXPECT_EQ(refused([](P&) {}), "");
  EXPECT_EQ(refused([](P& p) { p.texts.resize(10); }), "the vocabulary has 10 tokens");
  EXPECT_EQ(refused([](P& p) { p.texts[0] = ""; }), "a token has 0 bytes");
  EXPECT_EQ(refused([](P& p) { p.texts.back() += std::string(256, 'x'); }),
            "a token has 257 bytes");
  EXPECT_EQ(refused([](P& p) { std::swap(p.texts[3], p.texts[4]); }), "the tokens do not ascend");
  EXPECT_EQ(refused([](P& p) { p.texts[7] = p.texts[6]; }), "the tokens do not ascend");
  EXPECT_EQ(refused([](P& p) { p.texts[7] += "x"; }), "there are single bytes without a token");
  EXPECT_EQ(refused([](P& p) { p.rows.pop_back(); }),
            "the tokens' rows are not as many as the tokens");
  EXPECT_EQ(refused([](P& p) { p.rows[9] = kRows; }), "a token has a row that there is not");
  EXPECT_EQ(refused([](P& p) { p.is_virtual['t' + 1] = true; }),
            "a virtual token is not a single byte");
  EXPECT_EQ(refused([](P& p) { p.begin_row = kRows; }),
            "a lane begins with a row that there is not");
  EXPECT_EQ(refused([](P& p) { p.virtual_weight_log2 = 31; }),
            "the weight of virtual tokens is out of range");
  EXPECT_EQ(refused([](P& p) { p.segmenter.merges[0][1] = 259; }),
            "a merge has a token that there is not");
  EXPECT_EQ(refused([](P& p) {
              p.segmenter.merges[0] = {'a', 'b'};
            }),
            "a merge does not make a token");
  EXPECT_EQ(refused([](P& p) { p.segmenter.order.resize(259); }),
            "there are both merges and an order");
  EXPECT_EQ(refused([](P& p) {
              p.segmenter.whole = {5, 5};
            }),
            "the tokens that are cut out whole do not ascend");
  EXPECT_EQ(refused([](P& p) { p.segmenter.whole = {259}; }),
            "the tokens that are cut out whole do not ascend");
  EXPECT_EQ(refused([](P& p) { p.segmenter.order.pop_back(); }, true),
            "the order of joining is not of all tokens");
  EXPECT_EQ(refused(
                [](P& p) {
                  p.segmenter.merges = {{1, 2}};
                },
                true),
            "the order of joining is not of all tokens");
}

TEST(VocabularyTest, EveryCutOfASectionIsRefused) {
  for (const Vocabulary::Parts& parts : {SomeParts(), WithOrder()}) {
    Bytes section = WriteVocabulary(Vocabulary::Make(parts, kRows).value());
    for (size_t size = 0; size < section.size(); ++size) {
      ASSERT_FALSE(ReadVocabulary(ByteSpan(section).first(size), kRows).ok()) << size;
    }
    section.push_back(0);
    EXPECT_EQ(ReadVocabulary(section, kRows).status().message(), "it is too long");
  }
}

TEST(VocabularyTest, EveryChangedByteIsRefusedOrReadsAsIsWritten) {
  const Bytes original = WriteVocabulary(Vocabulary::Make(SomeParts(), kRows).value());
  Bytes section = original;
  for (size_t i = 0; i < section.size(); ++i) {
    for (const uint8_t change : Bytes{0x01, 0x10, 0x80}) {
      section[i] ^= change;
      const Result<Vocabulary> read = ReadVocabulary(section, kRows);
      // Bits of bytes that are no single-byte tokens do not exist, so all that is read is written.
      if (read.ok()) {
        ASSERT_EQ(WriteVocabulary(read.value()), section) << i;
      }
      section[i] = original[i];
    }
  }
}

TEST(VocabularyTest, NewerSegmentersAreNamedAsSuch) {
  constexpr size_t kWordsAt = 4 + 4 + 1 + 32;
  Bytes section = WriteVocabulary(Vocabulary::Make(SomeParts(), kRows).value());
  section[kWordsAt] = 5;
  EXPECT_EQ(ReadVocabulary(section, kRows).status().code(), Code::kNewerVersion);
  section[kWordsAt] = 0;
  section[kWordsAt + 1] = 2;
  EXPECT_EQ(ReadVocabulary(section, kRows).status().code(), Code::kNewerVersion);
}

}  // namespace
}  // namespace lmz
