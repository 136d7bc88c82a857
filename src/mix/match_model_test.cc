#include "mix/match_model.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "tests/random.h"

namespace lmz {
namespace {

TEST(MatchModel, FindsARepeatAndFollowsIt) {
  TestRandom random(9);
  Bytes block = random.Random(500);
  const Bytes repeat(block.begin() + 100, block.begin() + 200);
  block.insert(block.end(), repeat.begin(), repeat.end());
  block.push_back(static_cast<uint8_t>(block[200] ^ 1));  // the match breaks here
  block.push_back(0);

  MatchTable table = MatchTable::Make(block.size()).value();
  MatchModel model(block.data(), 0, 6, table);
  for (uint32_t position = 1; position < block.size(); ++position) {
    model.UpdateByte(table, position);
    if (position < 506) {
      EXPECT_EQ(model.length(), 0u) << position;
    } else if (position <= 600) {
      ASSERT_GE(model.length(), 6u) << position;
      EXPECT_LE(model.length(), position - 500);
      EXPECT_EQ(model.expected_byte(), block[position - 400]);
    } else {
      EXPECT_EQ(model.length(), 1u) << position;
      EXPECT_EQ(model.expected_byte(), block[201]);
    }
  }
}

TEST(MatchModel, LengthsAreVerifiedNotBelieved) {
  // Every byte the same: candidates overlap what they predict.
  const Bytes block(3000, 'x');
  MatchTable table = MatchTable::Make(block.size()).value();
  MatchModel model(block.data(), 0, 6, table);
  for (uint32_t position = 1; position < block.size(); ++position) {
    model.UpdateByte(table, position);
    EXPECT_LT(model.length(), position);
  }
  EXPECT_GT(model.length(), 2900u);
}

// What the model says before each byte of `repeat`, which follows `source`: the byte, or -1.
std::vector<int> Predictions(const Bytes& source, const Bytes& repeat) {
  Bytes block = source;
  block.insert(block.end(), repeat.begin(), repeat.end());
  MatchTable table = MatchTable::Make(block.size()).value();
  MatchModel model(block.data(), 0, 6, table);
  std::vector<int> predictions;
  for (uint32_t position = 1; position < block.size(); ++position) {
    model.UpdateByte(table, position);
    if (position < source.size()) continue;
    predictions.push_back(model.length() > 0 ? model.expected_byte() : -1);
  }
  return predictions;
}

// Bytes from first to end (not included) that were not predicted.
size_t CountMissed(const std::vector<int>& predictions, const Bytes& repeat, size_t first,
                   size_t end) {
  size_t missed = 0;
  for (size_t i = first; i < end; ++i) missed += predictions[i] != repeat[i] ? 1 : 0;
  return missed;
}

Bytes Letters(TestRandom& random, size_t size) {
  Bytes letters = random.Random(size);
  for (uint8_t& letter : letters) letter = static_cast<uint8_t>('A' + letter % 26);
  return letters;
}

TEST(MatchModel, AChangedByteIsMissedAlone) {
  TestRandom random(10);
  const Bytes source = Letters(random, 400);
  Bytes repeat = source;
  repeat[100] = '?';
  repeat[130] = '!';
  const std::vector<int> predictions = Predictions(source, repeat);
  EXPECT_EQ(CountMissed(predictions, repeat, 10, 400), 2u);
}

TEST(MatchModel, AnInsertedOrDroppedByteIsFoundWithinThree) {
  TestRandom random(11);
  const Bytes source = Letters(random, 400);
  Bytes repeat = source;
  repeat.insert(repeat.begin() + 100, '?');
  EXPECT_LE(CountMissed(Predictions(source, repeat), repeat, 10, 400), 3u);
  repeat = source;
  repeat.erase(repeat.begin() + 100);
  EXPECT_LE(CountMissed(Predictions(source, repeat), repeat, 10, 399), 3u);
}

TEST(MatchModel, LearnsWhichBytesAreInserted) {
  TestRandom random(12);
  const Bytes source = Letters(random, 2000);
  Bytes repeat;
  for (size_t i = 0; i < source.size(); ++i) {
    repeat.push_back(source[i]);
    if (i % 40 == 39) repeat.push_back('-');
  }
  // Once learned, the byte itself is missed and no other.
  EXPECT_EQ(CountMissed(Predictions(source, repeat), repeat, 1025, 1845), 20u);
}

TEST(MatchModel, FollowsTextWithItsLinesBrokenElsewhere) {
  TestRandom random(13);
  const Bytes letters = Letters(random, 2000);
  const auto wrap = [&](size_t width, const std::string& line_end) {
    Bytes wrapped;
    for (size_t i = 0; i < letters.size(); ++i) {
      wrapped.push_back(letters[i]);
      if (i % width == width - 1) wrapped.insert(wrapped.end(), line_end.begin(), line_end.end());
    }
    return wrapped;
  };
  const Bytes source = wrap(60, "\r\n");
  const Bytes repeat = wrap(72, "\n");
  // 33 line ends of the source are missed, and 27 of the repeat.
  EXPECT_LE(CountMissed(Predictions(source, repeat), repeat, 10, repeat.size() - 1), 62u);
}

TEST(MatchModel, PrefersAnOldPlaceToAShortMatchOnceThatHasProvedBetter) {
  // Of four letters, so that most six of them stand at several places before.
  TestRandom random(14);
  Bytes source = random.Random(4000);
  for (uint8_t& letter : source) letter = 'a' + letter % 4;
  Bytes repeat = source;
  for (size_t i = 50; i < repeat.size(); i += 50) repeat[i] ^= 2;
  const size_t missed = CountMissed(Predictions(source, repeat), repeat, 2025, 4000);
  EXPECT_GE(missed, 39u);
  EXPECT_LE(missed, 60u);
}

}  // namespace
}  // namespace lmz
