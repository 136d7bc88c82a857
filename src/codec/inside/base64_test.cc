#include "codec/inside/base64.h"

#include <gtest/gtest.h>

#include <string>
#include <string_view>

#include "tests/random.h"

namespace lmz::inside {
namespace {

std::string Encoded(std::string_view data, const Base64Layout& layout) {
  Bytes out;
  AppendBase64(ToBytes(data), layout, out);
  return std::string(out.begin(), out.end());
}

Base64Layout Lines(uint32_t length, std::string_view separator) {
  Base64Layout layout = {.line_length = length,
                         .first_line = length,
                         .separator_size = static_cast<uint32_t>(separator.size())};
  std::copy(separator.begin(), separator.end(), layout.separator.begin());
  return layout;
}

// RFC 4648, section 10.
TEST(Base64, IsThatOfTheStandard) {
  EXPECT_EQ(Encoded("f", {}), "Zg==");
  EXPECT_EQ(Encoded("fo", {}), "Zm8=");
  EXPECT_EQ(Encoded("foobar", {}), "Zm9vYmFy");
  EXPECT_EQ(Encoded("foob", {.is_padded = false}), "Zm9vYg");
  EXPECT_EQ(Encoded("\xFB\xEF\xFF", {}), "++//");
  EXPECT_EQ(Encoded("\xFB\xEF\xFF", {.is_url = true}), "--__");
  EXPECT_EQ(Encoded("foobarfoobarf", Lines(8, "\r\n")), "Zm9vYmFy\r\nZm9vYmFy\r\nZg==");
  Base64Layout layout = Lines(8, "\n ");
  layout.first_line = 3;
  EXPECT_EQ(Encoded("foobarfoobar", layout), "Zm9\n vYmFyZm9\n vYmFy");
}

std::vector<Base64Layout> Layouts() {
  std::vector<Base64Layout> layouts = {{},
                                       {.is_url = true, .is_padded = false},
                                       Lines(76, "\r\n"),
                                       Lines(64, "\n"),
                                       Lines(76, "\n> "),
                                       Lines(75, "\n"),
                                       Lines(64, "\\n")};
  Base64Layout folded = Lines(77, "\n ");
  folded.first_line = 60;
  layouts.push_back(folded);
  return layouts;
}

TEST(Base64, FindsRunsAsTheyWereWritten) {
  TestRandom random(3);
  for (const Base64Layout& layout : Layouts()) {
    for (const size_t size : {200u, 201u, 202u, 1000u, 7001u}) {
      SCOPED_TRACE(std::to_string(layout.line_length) + " " + std::to_string(size));
      const Bytes data = random.Random(size);
      Bytes run;
      AppendBase64(data, layout, run);
      EXPECT_EQ(run.size(), Base64Size(size, layout));
      EXPECT_EQ(DecodeBase64(run, layout), data);
      Bytes text = ToBytes("Some words: \"");
      const size_t begin = text.size();
      AppendTo(text, run);
      AppendTo(text, ToBytes("\", and more of them.\n"));
      const std::optional<Base64Run> found = FindBase64(text, 0, text.size());
      ASSERT_TRUE(found.has_value());
      EXPECT_EQ(found->begin, begin);
      // Characters that are no whole number of bytes are left over where nothing tells of them.
      EXPECT_LE(run.size() - found->size, 3u);
      Bytes back;
      const ByteSpan as_found = ByteSpan(text).subspan(found->begin, found->size);
      AppendBase64(DecodeBase64(as_found, found->layout), found->layout, back);
      EXPECT_TRUE(std::equal(back.begin(), back.end(), as_found.begin(), as_found.end()));
      EXPECT_FALSE(FindBase64(text, found->begin + found->size, text.size()).has_value());
    }
  }
}

// Runs whose lines or ends are as nobody writes them.
TEST(Base64, WhatItFindsComesBack) {
  TestRandom random(4);
  constexpr std::string_view kBreaks[] = {"\n", "\r\n", "=", "==", " ", "-", "\n\n", "+"};
  size_t runs = 0;
  for (int round = 0; round < 500; ++round) {
    Bytes text;
    AppendBase64(random.Random(300 + random.Below(900)), Layouts()[random.Below(Layouts().size())],
                 text);
    for (size_t i = random.Below(4); i != 0; --i) {
      const std::string_view change = kBreaks[random.Below(std::size(kBreaks))];
      const auto at = text.begin() + static_cast<std::ptrdiff_t>(random.Below(text.size()));
      text.insert(at, change.begin(), change.end());
    }
    text.erase(text.end() - static_cast<std::ptrdiff_t>(random.Below(80)), text.end());
    for (size_t at = 0; at < text.size();) {
      const std::optional<Base64Run> run = FindBase64(text, at, text.size());
      if (!run) break;
      ASSERT_GE(run->begin, at);
      ASSERT_LE(run->begin + run->size, text.size());
      ASSERT_TRUE(run->layout.IsValid());
      const ByteSpan as_found = ByteSpan(text).subspan(run->begin, run->size);
      const Bytes data = DecodeBase64(as_found, run->layout);
      Bytes back;
      AppendBase64(data, run->layout, back);
      ASSERT_EQ(back.size(), Base64Size(data.size(), run->layout));
      ASSERT_TRUE(std::equal(back.begin(), back.end(), as_found.begin(), as_found.end())) << round;
      at = run->begin + run->size;
      ++runs;
    }
  }
  EXPECT_GT(runs, 400u);
}

TEST(Base64, WordsNumbersAndGenomesAreNone) {
  TestRandom random(5);
  const auto lines = [&](std::string_view letters) {
    Bytes text;
    for (int i = 1; i <= 5000; ++i) {
      text.push_back(static_cast<uint8_t>(letters[random.Below(letters.size())]));
      if (i % 70 == 0) text.push_back('\n');
    }
    return text;
  };
  std::string names;
  for (int i = 0; i < 300; ++i) names += "GetTheNextValueOfItem_";
  for (const Bytes& text :
       {lines("ACGT"), lines("0123456789abcdef"), lines("abcdefghijklmnopqrstuvwxyz"),
        lines("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"), ToBytes(names), Bytes(5000, 'A')}) {
    EXPECT_FALSE(FindBase64(text, 0, text.size()).has_value());
  }
}

}  // namespace
}  // namespace lmz::inside
