#include "codec/filter/repeat_stream.h"

#include <gtest/gtest.h>

#include "codec/filter/repeat.h"
#include "tests/random.h"

namespace lmz {
namespace {

Bytes Repeating(TestRandom& random) {
  const Bytes piece = random.Random(3000);
  Bytes raw;
  for (int i = 0; i < 4; ++i) {
    AppendTo(raw, piece);
    AppendTo(raw, random.Random(700));
  }
  raw.resize(raw.size() + 900);  // a run, which copies from itself
  AppendTo(raw, random.Random(50));
  return raw;
}

TEST(RepeatStream, WhatIsThereIsMade) {
  TestRandom random(1);
  const Bytes raw = Repeating(random);
  Bytes filtered;
  ASSERT_TRUE(RepeatForward(raw, Watch(), filtered));
  for (const size_t step : {size_t{1}, size_t{7}, size_t{1000}, filtered.size()}) {
    Bytes made(raw.size());
    RepeatStream stream(filtered, made);
    uint64_t last = 0;
    for (size_t size = 0; size <= filtered.size(); size += std::min(step, filtered.size())) {
      const uint64_t now = stream.Advance(size);
      EXPECT_GE(now, last);
      last = now;
      ASSERT_TRUE(
          std::equal(made.begin(), made.begin() + static_cast<ptrdiff_t>(now), raw.begin()));
      // What is missing is literals, and the copies of what is not there.
      EXPECT_GE(now + 100, size);
    }
    EXPECT_EQ(stream.Advance(filtered.size()), raw.size());
    EXPECT_EQ(made, raw);
  }
}

TEST(RepeatStream, WhatCannotBeEndsIt) {
  TestRandom random(2);
  const Bytes raw = Repeating(random);
  Bytes filtered;
  ASSERT_TRUE(RepeatForward(raw, Watch(), filtered));
  Bytes shorter(raw.size() - 1);
  EXPECT_EQ(RepeatStream(filtered, shorter).Advance(filtered.size()), 0u);
  for (int trial = 0; trial < 3000; ++trial) {
    Bytes other = filtered;
    other[random.Below(40)] = static_cast<uint8_t>(random.Next());
    Bytes made(raw.size());
    RepeatStream stream(other, made);
    for (const size_t size : {size_t{5}, size_t{30}, other.size() / 2, other.size()}) {
      EXPECT_LE(stream.Advance(size), made.size());
    }
    // Where the whole of it is right, so is what was made.
    Bytes inverse;
    if (!RepeatInverse(other, raw.size(), Watch(), inverse).ok()) continue;
    if (inverse.size() != raw.size()) continue;
    EXPECT_EQ(stream.made(), raw.size());
    EXPECT_EQ(made, inverse);
  }
}

}  // namespace
}  // namespace lmz
