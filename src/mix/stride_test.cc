#include "mix/stride.h"

#include <gtest/gtest.h>

#include "tests/random.h"

namespace lmz {
namespace {

TEST(Stride, FindsTheRecordLength) {
  for (const uint32_t length : {3u, 13u, 64u, 216u, 1000u}) {
    TestRandom random(length);
    const Bytes record = random.Random(length);
    StrideDetector detector;
    uint32_t pair = 0;
    for (uint32_t position = 1; position <= 40 * length + 4096; ++position) {
      // Every fourth byte of a record is noise, the others are its fields' names.
      const uint32_t column = (position - 1) % length;
      const uint8_t byte = column % 4 == 3 ? static_cast<uint8_t>(random.Next()) : record[column];
      pair = (pair << 8 | byte) & 0xFFFF;
      detector.Update(pair, position);
      ASSERT_GE(detector.stride(), 1u);
      ASSERT_LE(detector.stride(), StrideDetector::kMaxStride);
    }
    EXPECT_EQ(detector.stride(), length);
  }
}

}  // namespace
}  // namespace lmz
