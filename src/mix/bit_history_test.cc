#include "mix/bit_history.h"

#include <gtest/gtest.h>

#include "base/bytes.h"
#include "base/checksum.h"
#include "mix/kernels/mixer_kernels.h"

namespace lmz {
namespace {

const BitHistoryTable& T = kBitHistory;

TEST(BitHistory, EveryStateIsReachedAndLeadsToStates) {
  std::vector<bool> is_reached(256, false);
  std::vector<uint8_t> open = {0};
  is_reached[0] = true;
  int reached = 1;
  while (!open.empty()) {
    const uint8_t state = open.back();
    open.pop_back();
    for (const uint8_t next : T.next[state]) {
      ASSERT_LT(next, T.states);
      ASSERT_NE(next, 0) << "only the start has seen nothing";
      if (is_reached[next]) continue;
      is_reached[next] = true;
      ++reached;
      open.push_back(next);
    }
  }
  EXPECT_EQ(reached, T.states);
  EXPECT_EQ(T.zeros[0] + T.ones[0], 0);
}

TEST(BitHistory, UpToFourBitsAreExact) {
  for (unsigned length = 1; length <= 4; ++length) {
    std::vector<uint8_t> states;
    for (unsigned bits = 0; bits < 1u << length; ++bits) {
      uint8_t state = 0;
      for (unsigned i = 0; i < length; ++i) state = T.next[state][bits >> i & 1];
      const unsigned ones = static_cast<unsigned>(__builtin_popcount(bits));
      EXPECT_EQ(T.ones[state], ones);
      EXPECT_EQ(T.zeros[state], length - ones);
      for (const uint8_t other : states) EXPECT_NE(other, state);
      states.push_back(state);
    }
  }
}

TEST(BitHistory, ABitNeverLowersItsOwnCountAgainstTheOther) {
  for (unsigned s = 0; s < static_cast<unsigned>(T.states); ++s) {
    const uint8_t after_zero = T.next[s][0];
    const uint8_t after_one = T.next[s][1];
    // Cross-multiplied odds, so that 0 counts are no special case.
    EXPECT_GE((T.ones[after_one] + 1) * (T.zeros[s] + 1),
              (T.ones[s] + 1) * (T.zeros[after_one] + 1));
    EXPECT_GE((T.zeros[after_zero] + 1) * (T.ones[s] + 1),
              (T.zeros[s] + 1) * (T.ones[after_zero] + 1));
  }
}

TEST(BitHistory, PureStatesComeFirst) {
  for (int s = 0; s < T.states; ++s) {
    const size_t i = static_cast<size_t>(s);
    EXPECT_EQ(T.zeros[i] == 0 || T.ones[i] == 0, i < kPureStates) << s;
  }
}

TEST(BitHistory, TableIsPinned) {
  Bytes table;
  for (const auto& next : T.next) table.insert(table.end(), next.begin(), next.end());
  EXPECT_EQ(Checksum64(table), 15177813116818108574u);
}

}  // namespace
}  // namespace lmz
