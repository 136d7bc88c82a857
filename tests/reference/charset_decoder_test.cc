// The charset filter, inverted by a decoder that was written from its specification alone.
#include "tests/reference/charset_decoder.h"

#include <gtest/gtest.h>

#include <array>

#include "codec/filter/charset/charset.h"
#include "codec/filter/charset/transcode.h"
#include "tests/recipes.h"

namespace lmz {
namespace {

// Every encoding, with what is no text of it: odd pairs, halves of pairs, bytes without a
// character.
TEST(ReferenceCharset, DecodesEncodingsOfTheLibrary) {
  for (const uint8_t encoding : Bytes{1, 2, 3, 4, 5, 6, 7, 16, 18, 22, 26, 29}) {
    const Bytes noise = testing::MakeRandom(400);
    Bytes raw = noise;
    for (int pair = 0x8000; pair < 0x10000; pair += 7) {
      AppendTo(raw, Bytes{static_cast<uint8_t>(pair >> 8), static_cast<uint8_t>(pair)});
    }
    raw.resize(raw.size() / 4 * 4);
    Bytes filtered = {encoding};
    const auto number = static_cast<charset::Encoding>(encoding);
    if (UnitSize(number) > 1) {
      AppendTo(filtered, Bytes{1 + 4 * 1, 'h', 't'});
    }
    ToUtf8(number, raw, Watch(), filtered);
    if (UnitSize(number) > 1) {
      raw.insert(raw.begin(), 'h');
      raw.push_back('t');
    }
    EXPECT_EQ(reference::UndoCharset(filtered), raw) << int{encoding};
  }
}

// Both decoders refuse the same texts.
TEST(ReferenceCharset, RefusesEncodingsAsTheLibraryDoes) {
  const std::array<Bytes, 16> pieces = {{{'a'},
                                         {0xC3, 0xA9},
                                         {0xC1, 0x81},
                                         {0xE3, 0x81, 0x82},
                                         {0xED, 0xA0, 0x80},
                                         {0xED, 0xB0, 0x80},
                                         {0xED, 0xB2, 0x81},
                                         {0xED, 0xB2, 0xB1},
                                         {0xEF, 0xBD, 0xB1},
                                         {0xF0, 0x9F, 0x98, 0x80},
                                         {0xF4, 0x90, 0x80, 0x80},
                                         {0xFE, 0x83, 0xBF, 0xBF, 0xBF, 0xBF, 0xBF},
                                         {0xFF},
                                         {0xED, 0xB2, 0x81, '0'},
                                         {0xC2, 0x80},
                                         {0x80}}};
  int refused = 0;
  for (const uint8_t encoding : Bytes{0, 1, 3, 5, 6, 7, 8, 16, 30}) {
    for (const Bytes& first : pieces) {
      for (const Bytes& second : pieces) {
        Bytes filtered = {encoding};
        if (encoding == 1 || encoding == 3) filtered.push_back(0);
        AppendTo(filtered, first);
        AppendTo(filtered, second);
        Bytes raw;
        const bool is_valid = CharsetInverse(filtered, 1000, Watch(), raw).ok();
        refused += !is_valid;
        if (is_valid) {
          EXPECT_EQ(reference::UndoCharset(filtered), raw);
        } else {
          EXPECT_THROW(reference::UndoCharset(filtered), reference::Damage);
        }
      }
    }
  }
  EXPECT_GT(refused, 500);
  EXPECT_LT(refused, 9 * 16 * 16 - 100);
}

}  // namespace
}  // namespace lmz
