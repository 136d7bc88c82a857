#include "mix/match_model.h"

#include <gtest/gtest.h>

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

  MatchTable table(block.size());
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
      EXPECT_EQ(model.length(), 0u) << position;
    }
  }
}

TEST(MatchModel, LengthsAreVerifiedNotBelieved) {
  // Every byte the same: candidates overlap what they predict.
  const Bytes block(3000, 'x');
  MatchTable table(block.size());
  MatchModel model(block.data(), 0, 6, table);
  for (uint32_t position = 1; position < block.size(); ++position) {
    model.UpdateByte(table, position);
    EXPECT_LT(model.length(), position);
  }
  EXPECT_GT(model.length(), 2900u);
}

}  // namespace
}  // namespace lmz
