#include "plan/histogram.h"

#include <gtest/gtest.h>

#include "tests/random.h"

namespace lmz {
namespace {

TEST(Histogram, CountsEveryByte) {
  const Bytes bytes = ToBytes("abracadabra");
  const Histogram histogram(bytes);
  EXPECT_EQ(histogram.size, 11u);
  EXPECT_EQ(histogram['a'], 5u);
  EXPECT_EQ(histogram['d'], 1u);
  EXPECT_EQ(histogram['e'], 0u);
  EXPECT_EQ(histogram.Range('b', 'r'), 6u);
  EXPECT_EQ(histogram.SquareSum(), 25u + 4 + 4 + 1 + 1);
}

TEST(Histogram, RedundancyOfKnownDistributions) {
  Bytes even(65536);
  for (size_t i = 0; i < even.size(); ++i) even[i] = static_cast<uint8_t>(i);
  EXPECT_EQ(Histogram(even).RedundantBits(), 0u);
  EXPECT_EQ(Histogram(Bytes(1000, 'x')).RedundantBits(), 8000u);
  Bytes sixteen(65536);
  for (size_t i = 0; i < sixteen.size(); ++i) sixteen[i] = static_cast<uint8_t>(i % 16);
  EXPECT_EQ(Histogram(sixteen).RedundantBits(), 4u * 65536);
  EXPECT_EQ(Histogram(ByteSpan()).RedundantBits(), 0u);
}

}  // namespace
}  // namespace lmz
