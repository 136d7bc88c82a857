#include "codec/filter/charset/charset.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "codec/filter/charset/detect.h"
#include "codec/filter/charset/single_byte.h"
#include "codec/filter/charset/transcode.h"
#include "codec/filter/charset/utf8.h"
#include "tests/random.h"

namespace lmz {
namespace {

using charset::Encoding;

std::vector<Encoding> AllEncodings() {
  std::vector<Encoding> all;
  for (int number = 0; number < 256; ++number) {
    const auto encoding = static_cast<Encoding>(number);
    if (charset::IsKnown(encoding)) all.push_back(encoding);
  }
  return all;
}

Bytes Utf8Of(Encoding encoding, ByteSpan raw) {
  Bytes text;
  ToUtf8(encoding, raw, Watch(), text);
  return text;
}

// What a decoder makes of the text; none when it refuses.
std::optional<Bytes> RawOf(Encoding encoding, ByteSpan text) {
  Bytes raw;
  const Status status = FromUtf8(encoding, text, uint64_t{1} << 20, Watch(), raw);
  if (!status.ok()) return std::nullopt;
  return raw;
}

void ExpectComesBack(Encoding encoding, ByteSpan raw) {
  const Bytes text = Utf8Of(encoding, raw);
  ASSERT_LE(text.size(), 3 * raw.size());
  const std::optional<Bytes> back = RawOf(encoding, text);
  ASSERT_TRUE(back) << static_cast<int>(encoding);
  ASSERT_EQ(*back, Bytes(raw.begin(), raw.end())) << static_cast<int>(encoding);
}

Bytes ToBytes(std::string_view text) {
  return {text.begin(), text.end()};
}

TEST(Charset, ThereAreTwentyOneEncodings) {
  EXPECT_EQ(AllEncodings().size(), 21u);
}

TEST(Charset, EveryNumberHasOneForm) {
  for (uint64_t number = 0; number <= UINT32_MAX; number = number * 9 / 8 + 1) {
    Bytes text;
    charset::AppendUtf8(static_cast<uint32_t>(number), text);
    EXPECT_EQ(text.size(), charset::Utf8Size(static_cast<uint32_t>(number)));
    size_t position = 0;
    EXPECT_EQ(charset::ReadUtf8(text, position), number);
    EXPECT_EQ(position, text.size());
    text.pop_back();
    position = 0;
    if (text.empty()) continue;
    EXPECT_FALSE(charset::ReadUtf8(text, position));
  }
  for (const Bytes& text : {Bytes{0xC1, 0x81},
                            {0xE0, 0x80, 0x80},
                            {0x80},
                            {0xFF},
                            {0xFE, 0x84, 0x80, 0x80, 0x80, 0x80, 0x80},
                            {0xC3, 0x41}}) {
    size_t position = 0;
    EXPECT_FALSE(charset::ReadUtf8(text, position));
  }
}

// All pairs of bytes, and what may follow: every character, and every way of not being one.
TEST(Charset, EveryPairOfBytesComesBack) {
  for (const Encoding encoding : AllEncodings()) {
    Bytes raw;
    for (int pair = 0; pair < 1 << 16; ++pair) {
      for (const int byte : {pair >> 8, pair & 0xFF, 0x41, 0x42}) {
        raw.push_back(static_cast<uint8_t>(byte));
      }
    }
    ExpectComesBack(encoding, raw);
  }
}

TEST(Charset, RandomBytesComeBack) {
  TestRandom random(5);
  for (const Encoding encoding : AllEncodings()) {
    const size_t unit_size = UnitSize(encoding);
    for (size_t units = 1; units < 300; units += 7) {
      ExpectComesBack(encoding, random.Random(units * unit_size));
      // Surrogates, leads and trails, one after the other.
      ExpectComesBack(encoding, random.From(Bytes{0xD8, 0xDC, 0x81, 0x41, 0xFE, 0x00},  //
                                            units * unit_size));
    }
  }
}

// A text has one raw form, so whatever is not refused comes back as the same text.
TEST(Charset, WhatIsNotRefusedIsWhatForwardMakes) {
  TestRandom random(6);
  for (const Encoding encoding : AllEncodings()) {
    int accepted = 0;
    for (int i = 0; i < 2000; ++i) {
      Bytes text;
      for (uint64_t count = 1 + random.Below(4); count != 0; --count) {
        const uint32_t starts[] = {0x20,   0x80,   0x400,  0x3041, 0x4E00,
                                   0xD83D, 0xDC00, 0xDC80, 0x10000};
        charset::AppendUtf8(starts[random.Below(9)] + static_cast<uint32_t>(random.Below(64)),
                            text);
      }
      const std::optional<Bytes> raw = RawOf(encoding, text);
      if (!raw) continue;
      ++accepted;
      EXPECT_EQ(Utf8Of(encoding, *raw), text) << static_cast<int>(encoding);
    }
    EXPECT_GT(accepted, 0) << static_cast<int>(encoding);
  }
}

TEST(Charset, ApostrophesAloneTellWindows) {
  Bytes raw;
  for (int i = 0; i < 20; ++i) {
    for (const uint8_t byte : ToBytes("it's what they don't say, so we can't ")) {
      raw.push_back(byte == '\'' ? uint8_t{0x92} : byte);
    }
  }
  Bytes filtered;
  ASSERT_TRUE(CharsetForward(raw, Watch(), filtered));
  EXPECT_EQ(filtered[0], static_cast<int>(Encoding::kFirstSingleByte));
}

TEST(Charset, EastAsianTextsAreRecognised) {
  const Bytes japanese =
      ToBytes("吾輩は猫である。名前はまだ無い。どこで生れたか頓と見当がつかぬ。");
  const Bytes chinese = ToBytes("这是中文的文本，一个简单的例子。我们的世界，大家的。");
  for (const auto& [encoding, text] : {std::pair{Encoding::kCp932, japanese},
                                       {Encoding::kEucJp, japanese},
                                       {Encoding::kGb18030, chinese},
                                       {Encoding::kUtf16Le, japanese},
                                       {Encoding::kUtf16Be, chinese}}) {
    Bytes filtered;
    ASSERT_TRUE(CharsetForward(RawOf(encoding, text).value(), Watch(), filtered));
    EXPECT_EQ(filtered[0], static_cast<int>(encoding));
    EXPECT_EQ(Bytes(filtered.end() - static_cast<std::ptrdiff_t>(text.size()), filtered.end()),
              text);
  }
  for (const Bytes& text : {japanese, chinese}) {
    Bytes filtered;
    EXPECT_FALSE(CharsetForward(text, Watch(), filtered));
  }
}

TEST(Charset, FourBytesOfGb18030) {
  EXPECT_EQ(Utf8Of(Encoding::kGb18030, Bytes{0xA8, 0x40, 0x81, 0x30, 0x81, 0x30, 0x90, 0x30, 0x81,
                                             0x30, 0xE3, 0x32, 0x9A, 0x35, 0x84, 0x31, 0xA4, 0x39}),
            ToBytes("\u02CA\u0080\U00010000\U0010FFFF\uFFFF"));
  // All numbers that four bytes can be, characters or not.
  Bytes raw;
  for (uint32_t number = 0; number < 1'587'600; number += 17) {
    for (const uint32_t byte : {0x81 + number / 12600, 0x30 + number / 1260 % 10,
                                0x81 + number / 10 % 126, 0x30 + number % 10}) {
      raw.push_back(static_cast<uint8_t>(byte));
    }
  }
  ExpectComesBack(Encoding::kGb18030, raw);
  // Four bytes that are a character must not be written as four.
  EXPECT_FALSE(RawOf(Encoding::kGb18030, Bytes{0xED, 0xB2, 0x81, '0', 0xED, 0xB2, 0x81, '0'}));
  EXPECT_TRUE(RawOf(Encoding::kGb18030, Bytes{0xED, 0xB2, 0x85, '0', 0xED, 0xB2, 0x81, '0'}));
  // Neither may the first two of them stand before a character of four bytes.
  EXPECT_FALSE(RawOf(Encoding::kGb18030, Bytes{0xED, 0xB2, 0x81, '0', 0xC2, 0x80}));
}

TEST(Charset, KnownCharacters) {
  const Bytes euro = ToBytes("\u20AC");
  EXPECT_EQ(Utf8Of(static_cast<Encoding>(16), Bytes{0x80}), euro);
  EXPECT_EQ(Utf8Of(Encoding::kUtf16Le, Bytes{0x3D, 0xD8, 0x00, 0xDE}), ToBytes("\U0001F600"));
  EXPECT_EQ(Utf8Of(Encoding::kUtf32Be, Bytes{0, 1, 0xF6, 0}), ToBytes("\U0001F600"));
  EXPECT_EQ(Utf8Of(Encoding::kCp932, Bytes{0x82, 0xA0, 0x88, 0x9F, 0xB1}),
            ToBytes("\u3042\u4E9C\uFF71"));
  EXPECT_EQ(Utf8Of(Encoding::kGb18030, Bytes{0xB0, 0xA1, 0x81, 0x40, 0xFD, 0x9B}),
            ToBytes("\u554A\u4E02\u9FA5"));
}

// Prose in Latin letters, in which every text below is written.
std::u32string Prose(size_t size) {
  constexpr std::u32string_view kWords[] = {U"the",   U"caf\u00E9", U"gr\u00FC\u00DFe", U"of",
                                            U"and\n", U"[1]",       U"\u00C4pfel",      U"word"};
  TestRandom random(9);
  std::u32string prose;
  while (prose.size() < size) {
    prose += kWords[random.Below(std::size(kWords))];
    prose += U' ';
  }
  prose.resize(size);
  return prose;
}

Bytes Encoded(Encoding encoding, std::u32string_view text) {
  Bytes utf8;
  for (const char32_t c : text) charset::AppendUtf8(c, utf8);
  return RawOf(encoding, utf8).value();
}

// Through the whole filter, with bytes before and behind the units.
TEST(Charset, ProseIsRecognised) {
  const std::u32string prose = Prose(3000);
  for (const Encoding encoding : AllEncodings()) {
    const auto single = static_cast<size_t>(encoding) - 16;
    const bool is_latin =
        UnitSize(encoding) > 1 || (encoding >= Encoding::kFirstSingleByte &&
                                   (single == 0 || single >= 10 || single == 6 || single == 3));
    if (!is_latin) continue;
    for (size_t head = 0; head < UnitSize(encoding); ++head) {
      Bytes raw(head, 'x');
      const Bytes body = Encoded(encoding, prose);
      raw.insert(raw.end(), body.begin(), body.end());
      raw.resize(raw.size() + head, 'y');
      Bytes filtered;
      ASSERT_TRUE(CharsetForward(raw, Watch(), filtered)) << static_cast<int>(encoding);
      // Behind an odd byte the other order may look as well.
      if (head == 0) {
        EXPECT_EQ(filtered[0], static_cast<int>(encoding));
      }
      Bytes back;
      const Status status = CharsetInverse(filtered, raw.size(), Watch(), back);
      ASSERT_TRUE(status.ok()) << status.message();
      EXPECT_EQ(back, raw);
      EXPECT_EQ(CharsetInverse(filtered, raw.size() - 1, Watch(), back).code(), Code::kDamaged);
    }
  }
}

TEST(Charset, Utf8AndNoiseAreLeftAlone) {
  TestRandom random(7);
  Bytes filtered;
  Bytes utf8;
  for (const char32_t c : Prose(3000)) charset::AppendUtf8(c, utf8);
  EXPECT_FALSE(CharsetForward(utf8, Watch(), filtered));
  EXPECT_FALSE(CharsetForward(random.Random(5000), Watch(), filtered));
  EXPECT_FALSE(CharsetForward(Bytes(5000), Watch(), filtered));
  EXPECT_FALSE(CharsetForward(Bytes(3, 0xE4), Watch(), filtered));
}

TEST(Charset, ImpossibleInputsAreRefused) {
  Bytes out;
  for (const Bytes& filtered : {Bytes{},
                                {0},
                                {8, 'a'},
                                {15, 'a'},
                                {30, 'a'},
                                {255, 'a'},
                                {1},
                                {1, 0},
                                {16},
                                {1, 2, 'x', 'a'},
                                {1, 1, 'a'},
                                {1, 8, 'x', 'x', 'a'},
                                {3, 16, 'a'},
                                {1, 5, 'x', 'a'},
                                {1, 0, 0xC1, 0x81},
                                {2, 0, 0xF4, 0x90, 0x80, 0x80},
                                {1, 0, 0xED, 0xA0, 0x80, 0xED, 0xB0, 0x80},
                                {16, 0xC2, 0x80},
                                {5, 0xED, 0xB0, 0x80},
                                {5, 0xED, 0xB2, 0xB1},
                                {6, 0xED, 0xB2, 0xB0, 'A'}}) {
    EXPECT_EQ(CharsetInverse(filtered, 1000, Watch(), out).code(), Code::kDamaged);
  }
  for (const Bytes& filtered : {Bytes{1, 5, 'x', 'y', 'a'}, {16, 'a'}, {6, 0xED, 0xB2, 0xB0}}) {
    EXPECT_TRUE(CharsetInverse(filtered, 1000, Watch(), out).ok());
  }
}

}  // namespace
}  // namespace lmz
