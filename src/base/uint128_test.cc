#include "base/uint128.h"

#include <gtest/gtest.h>

#include <vector>

#include "tests/random.h"

namespace lmz {
namespace {

// High and low half.
template <class Integer>
std::pair<uint64_t, uint64_t> Halves(const Integer& value) {
  return {static_cast<uint64_t>(value >> 64), static_cast<uint64_t>(value)};
}

template <class Integer>
class Uint128Test : public testing::Test {};
using Integers = testing::Types<PairOfUint64, Uint128>;
TYPED_TEST_SUITE(Uint128Test, Integers);

TYPED_TEST(Uint128Test, KnownResults) {
  using Int = TypeParam;
  using Pair = std::pair<uint64_t, uint64_t>;
  const Int most = Int{UINT64_MAX};
  EXPECT_EQ(Halves(most + Int{1}), Pair(1, 0));
  EXPECT_EQ(Halves(Int{0} - Int{1}), Pair(UINT64_MAX, UINT64_MAX));
  EXPECT_EQ(Halves(most * most), Pair(UINT64_MAX - 1, 1));
  EXPECT_EQ(Halves((most << 64 | most) * (most << 64 | most)), Pair(0, 1));  // (-1)^2
  EXPECT_EQ(Halves((Int{1} << 127) / Int{3}), Pair(0x2AAAAAAAAAAAAAAA, 0xAAAAAAAAAAAAAAAA));
  EXPECT_EQ(Halves((Int{1} << 127) % Int{3}), Pair(0, 2));
  EXPECT_EQ(Halves((most << 64) / (Int{1} << 65)), Pair(0, UINT64_MAX >> 1));
  EXPECT_EQ(Halves(Int{5} << 126 >> 126), Pair(0, 1));
  EXPECT_LT(most, Int{1} << 64);
  EXPECT_LT((Int{1} << 64) + most, Int{2} << 64);
}

TYPED_TEST(Uint128Test, QuotientAndRestMakeTheNumberAgain) {
  using Int = TypeParam;
  TestRandom random(1);
  for (int i = 0; i < 2000; ++i) {
    const Int a =
        (Int{random.Next()} << 64 | Int{random.Next()}) >> static_cast<int>(random.Below(128));
    const Int b =
        ((Int{random.Next()} << 64 | Int{random.Next()}) >> static_cast<int>(random.Below(127))) |
        Int{1};
    EXPECT_LT(a % b, b);
    EXPECT_EQ(Halves(a / b * b + a % b), Halves(a));
  }
}

#if defined(__SIZEOF_INT128__)
// Numbers of every length, with runs of equal bits among them.
std::vector<Uint128> Operands() {
  TestRandom random(2);
  std::vector<Uint128> operands = {0, 1};
  for (int bits = 0; bits < 128; ++bits) {
    const Uint128 power = Uint128{1} << bits;
    const Uint128 any = Uint128{random.Next()} << 64 | random.Next();
    operands.insert(operands.end(), {power, power - 1, ~power, any >> bits});
  }
  return operands;
}

PairOfUint64 AsPair(Uint128 value) {
  return PairOfUint64(static_cast<uint64_t>(value >> 64)) << 64 |
         PairOfUint64(static_cast<uint64_t>(value));
}

TEST(PairOfUint64, EqualsTheCompilers) {
  const std::vector<Uint128> operands = Operands();
  for (const Uint128 a : operands) {
    const PairOfUint64 x = AsPair(a);
    for (int bits = 0; bits < 128; ++bits) {
      ASSERT_EQ(x << bits, AsPair(a << bits));
      ASSERT_EQ(x >> bits, AsPair(a >> bits));
    }
    for (const Uint128 b : operands) {
      const PairOfUint64 y = AsPair(b);
      ASSERT_EQ(x + y, AsPair(a + b));
      ASSERT_EQ(x - y, AsPair(a - b));
      ASSERT_EQ(x * y, AsPair(a * b));
      ASSERT_EQ(x | y, AsPair(a | b));
      ASSERT_EQ(x < y, a < b);
      ASSERT_EQ(x == y, a == b);
      if (b == 0) continue;
      ASSERT_EQ(x / y, AsPair(a / b));
      ASSERT_EQ(x % y, AsPair(a % b));
    }
  }
}
#endif

// The tables of the format are made at compile time.
static_assert(static_cast<uint64_t>((PairOfUint64{1} << 93) / PairOfUint64{uint64_t{1} << 63}) ==
              uint64_t{1} << 30);

}  // namespace
}  // namespace lmz
