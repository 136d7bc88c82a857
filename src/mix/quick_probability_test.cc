#include "mix/quick_probability.h"

#include <gtest/gtest.h>

#include "base/bytes.h"
#include "base/checksum.h"
#include "mix/bit_history.h"

namespace lmz {
namespace {

TEST(QuickProbability, ClearedMemoryIsEvenOdds) {
  EXPECT_EQ(QuickLogitQ8(0), 0);
}

TEST(QuickProbability, StepsGoTowardsTheBitAndShrinkWithExperience) {
  for (int quick = 0; quick < 256; ++quick) {
    const uint8_t q = static_cast<uint8_t>(quick);
    const int logit = QuickLogitQ8(q);
    int last_up = 1 << 20;
    int last_down = 1 << 20;
    for (size_t row = 0; row < QuickTable::kRows; ++row) {
      const int up = QuickLogitQ8(Quick().next[row][1][q]) - logit;
      const int down = logit - QuickLogitQ8(Quick().next[row][0][q]);
      EXPECT_GE(up, 0);
      EXPECT_GE(down, 0);
      EXPECT_LE(up, last_up);
      EXPECT_LE(down, last_down);
      last_up = up;
      last_down = down;
    }
  }
}

TEST(QuickProbability, RowsFollowTheNumberOfBits) {
  for (size_t state = 0; state < static_cast<size_t>(kBitHistory.states); ++state) {
    const int bits = kBitHistory.zeros[state] + kBitHistory.ones[state];
    EXPECT_LT(Quick().row[state], QuickTable::kRows);
    EXPECT_EQ(Quick().row[state] == 0, bits == 0);
  }
}

TEST(QuickProbability, TableIsPinned) {
  Bytes table(Quick().row.begin(), Quick().row.end());
  for (const auto& row : Quick().next) {
    for (const auto& next : row) table.insert(table.end(), next.begin(), next.end());
  }
  EXPECT_EQ(Checksum64(table), 10285817524247226688u);
}

}  // namespace
}  // namespace lmz
