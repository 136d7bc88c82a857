// What every session of a byte model owes whoever steps it.
#pragma once

#include <gtest/gtest.h>

#include <vector>

#include "model/predictor.h"

namespace lmz {

// `session`, which has two lanes and is new, knows nothing of what a lane has read once it is
// reset.
inline void ExpectAResetLaneIsNew(Session& session) {
  std::vector<uint32_t> fresh(kByteValues), other(kByteValues);
  const uint8_t start = 0, byte = 'x';
  ASSERT_TRUE(session.Step(0, 1, 1, &start, fresh.data()).ok());
  ASSERT_TRUE(session.Step(0, 1, 1, &byte, other.data()).ok());
  EXPECT_NE(other, fresh);
  session.Reset(1);
  ASSERT_TRUE(session.Step(0, 1, 1, &start, other.data()).ok());
  EXPECT_EQ(other, fresh);
}

}  // namespace lmz
