// Every build of the least squares kernels that this CPU can run against the scalar one, in one
// process; and the scalar one against exact mathematics.
#include "codec/image/kernels/least_squares_kernels.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <vector>

#include "tests/kernel_test.h"
#include "tests/random.h"

namespace lmz {
namespace {

using Row = std::array<int32_t, kRegressorRow>;

Row RandomRow(TestRandom& random, int inputs, int32_t bound) {
  Row row{};
  for (int i = 0; i <= inputs; ++i) {
    const uint64_t r = random.Next();
    const auto span = static_cast<uint64_t>(2 * bound + 1);
    const int32_t value = static_cast<int32_t>(r / 16 % span) - bound;
    row[static_cast<size_t>(i)] = r % 16 == 0 ? bound : r % 16 == 1 ? -bound : value;
  }
  return row;
}

class LeastSquaresKernelsTest : public KernelTest<LeastSquaresKernels> {
 protected:
  const LeastSquaresKernels& scalar_ = PortableKernels(LeastSquaresBuilds());
};

TEST_P(LeastSquaresKernelsTest, EqualsScalar) {
  TestRandom random(3);
  for (const int inputs : {1, 7, 8, 16, 27, 38, kMaxRegressors}) {
    for (const int32_t bound : {0, 1, 30, 4095}) {
      const auto count = static_cast<size_t>(ProductCount(inputs));
      std::vector<int32_t> sums(count), above(count), sums_2(count), above_2(count);
      Row weights{}, weights_2{};
      for (int step = 0; step < 100; ++step) {
        const Row x = RandomRow(random, inputs, bound);
        kernels_.accumulate(x.data(), inputs, sums.data());
        scalar_.accumulate(x.data(), inputs, sums_2.data());
        ASSERT_EQ(sums, sums_2);
        kernels_.fold(sums.data(), static_cast<int>(count), above.data());
        scalar_.fold(sums_2.data(), static_cast<int>(count), above_2.data());
        ASSERT_EQ(above, above_2);
        ASSERT_EQ(kernels_.solve(sums.data(), above.data(), inputs, weights.data()),
                  scalar_.solve(sums_2.data(), above_2.data(), inputs, weights_2.data()));
        ASSERT_EQ(weights, weights_2);
        ASSERT_EQ(kernels_.dot(x.data(), weights.data()), scalar_.dot(x.data(), weights.data()));
        if (step % 10 == 9) {
          kernels_.fade(static_cast<int>(count), sums.data());
          scalar_.fade(static_cast<int>(count), sums_2.data());
          ASSERT_EQ(sums, sums_2);
        }
      }
    }
  }
}

INSTANTIATE_TEST_SUITE_P(AllBuilds, LeastSquaresKernelsTest,
                         testing::ValuesIn(LeastSquaresBuilds()), BuildName());

TEST(LeastSquaresKernels, FindTheWeightsThatMadeTheTarget) {
  const LeastSquaresKernels& kernels = PortableKernels(LeastSquaresBuilds());
  constexpr int kInputs = 20;
  TestRandom random(4);
  std::array<int32_t, kInputs> true_weights_q20{};
  for (int32_t& weight : true_weights_q20) {
    weight = static_cast<int32_t>(random.Below(1 << 18)) - (1 << 17);
  }
  std::vector<int32_t> sums(static_cast<size_t>(ProductCount(kInputs))), above(sums.size());
  for (int step = 0; step < 2000; ++step) {
    Row x = RandomRow(random, kInputs - 1, 1000);
    int64_t target = 0;
    for (size_t i = 0; i < kInputs; ++i) target += int64_t{x[i]} * true_weights_q20[i];
    x[kInputs] = static_cast<int32_t>(target >> 20);
    kernels.accumulate(x.data(), kInputs, sums.data());
    kernels.fold(sums.data(), static_cast<int>(sums.size()), above.data());
  }
  Row weights{};
  ASSERT_TRUE(kernels.solve(sums.data(), above.data(), kInputs, weights.data()));
  for (size_t i = 0; i < kInputs; ++i) {
    EXPECT_NEAR(weights[i], true_weights_q20[i], 1 << 12) << i;
  }
}

// The largest sums there can be: inputs that are always the largest.
TEST(LeastSquaresKernels, SumsStayWithinTheirBits) {
  const LeastSquaresKernels& kernels = PortableKernels(LeastSquaresBuilds());
  std::vector<int32_t> sums(static_cast<size_t>(ProductCount(1))), above(sums.size());
  const Row x = {4095, -4095};
  for (int step = 0; step < 1000; ++step) {
    kernels.accumulate(x.data(), 1, sums.data());
    kernels.fold(sums.data(), static_cast<int>(sums.size()), above.data());
    ASSERT_GE(int64_t{sums[0]} + above[0], 0);
    ASSERT_LT(int64_t{sums[0]} + above[0], int64_t{1} << 31);
  }
  Row weights{};
  ASSERT_TRUE(kernels.solve(sums.data(), above.data(), 1, weights.data()));
  EXPECT_NEAR(weights[0], -(1 << 20), 1 << 8);
}

}  // namespace
}  // namespace lmz
