#include "codec/audio/distribution.h"

#include <gtest/gtest.h>

#include "base/bytes.h"
#include "base/checksum.h"

namespace lmz::audio {
namespace {

TEST(Distribution, TablesAreThoseOfTheSpecification) {
  Bytes bytes;
  ByteWriter writer(bytes);
  for (const ShapeTable& table : kShapes) {
    for (const uint32_t value : table) writer.U32(value);
  }
  EXPECT_EQ(Checksum64(bytes), 0x0175385b292f7ad1u);
}

TEST(Distribution, TablesRiseAndAreSymmetric) {
  for (const ShapeTable& table : kShapes) {
    EXPECT_EQ(table[kShapeSize / 2], 1u << 30);
    for (size_t i = 1; i < kShapeSize; ++i) {
      ASSERT_GE(table[i], table[i - 1]);
      ASSERT_EQ(table[i] + table[kShapeSize - 1 - i], 1u << 31);
    }
  }
}

// The mean error of each table is 1: the sum of both tails.
TEST(Distribution, MeanErrorIsOne) {
  for (const ShapeTable& table : kShapes) {
    uint64_t tail = table[0];
    for (size_t i = 1; i < kShapeSize / 2; ++i) tail += 2 * uint64_t{table[i]};
    tail += table[kShapeSize / 2];
    // Trapezoids of width 1/32, both sides: tail / 32 in 1/2^31.
    EXPECT_NEAR(static_cast<int>(tail >> 15), 1 << 21, 1 << 11);
  }
}

TEST(Distribution, RisesWithTheValueEverywhere) {
  for (const Shape shape : {Shape::kLogistic, Shape::kLaplace, Shape::kNormal}) {
    for (const int64_t mean_q8 : {int64_t{16}, int64_t{300}, int64_t{70000}, int64_t{1} << 34}) {
      const Distribution distribution(shape, -12345, mean_q8);
      int64_t previous = -1;
      const int64_t step = std::max<int64_t>(1, mean_q8 / 1000);
      for (int64_t value = -40 * mean_q8 / 256 - 60; value < 40 * mean_q8 / 256; value += step) {
        const int64_t below = distribution.Below(value);
        ASSERT_GE(below, previous);
        ASSERT_LE(below, (int64_t{1} << 31) + (int64_t{1} << 17));
        previous = below;
      }
    }
  }
}

TEST(MeanError, FollowsTheErrors) {
  MeanError mean(3);
  for (int i = 0; i < 200; ++i) mean.Add(i % 2 == 0 ? 1000 : -1000);
  EXPECT_NEAR(static_cast<int>(mean.q8()), 1016, 2);
  for (int i = 0; i < 200; ++i) mean.Add(0);
  EXPECT_LE(mean.q8(), 17);
}

}  // namespace
}  // namespace lmz::audio
