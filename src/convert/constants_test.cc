// Constants against ordinary floating point; the last digits are compared with decimal arithmetic
// of 120 digits by tests/convert/convert_check.py.
#include "convert/constants.h"

#include <gtest/gtest.h>

#include <cmath>

#include "convert/wide.h"

namespace lmz::convert {
namespace {

double ValueOf(const ScaleWeight& scale) {
  return std::ldexp(scale.mantissa, -scale.exponent);
}

TEST(Wide, ArithmeticCarries) {
  const Wide most = Wide(UINT64_MAX) << -64;
  EXPECT_EQ((most + (Wide(1) << -64)), Wide(1));
  EXPECT_EQ(Wide(1) - (Wide(1) << -256),
            (Wide(1) << -256) * UINT64_MAX + ((Wide(1) - (Wide(1) << -192))));
  EXPECT_EQ(Wide(1000) / 8 * 3, Wide(375));
  EXPECT_EQ((Wide(7) << 60) << -60, Wide(7));
  EXPECT_LT(Wide(1) / 3 * 3, Wide(1));
  EXPECT_TRUE((Wide(1) << -257).IsZero());
}

TEST(Wide, ConstantsAndPowers) {
  // floor(2^64 x): pi, ln 2, e^-1.
  const auto first = [](const Wide& x) {
    uint64_t bits = 0;
    for (int i = 63; i >= 0; --i) {
      if ((Wide(bits | uint64_t{1} << i) << -64) <= x) bits |= uint64_t{1} << i;
    }
    return bits;
  };
  EXPECT_EQ(first(Pi() - Wide(3)), 0x243F6A8885A308D3u);
  EXPECT_EQ(first(LogOf2()), 0xB17217F7D1CF79ABu);
  EXPECT_EQ(first(ExpOfMinus(Wide(1))), 0x5E2D58D8B3BCDF1Au);
  EXPECT_EQ(ExpOfMinus(Wide()), Wide(1));
  EXPECT_TRUE(Log({1, 0}).IsZero());
  EXPECT_EQ(Log({3, 5}), Log({96, 0}));
}

TEST(Constants, ScalesAreTheNearest) {
  EXPECT_EQ(ScaleOf({1, 0}).value().mantissa, 1 << 14);
  EXPECT_EQ(ScaleOf({1, 0}).value().exponent, 14);
  EXPECT_EQ(ScaleOf({(1 << 24) - 1, 0}).value().mantissa, 1 << 14) << "rounds up to a power of two";
  EXPECT_EQ(ScaleOf({(1 << 24) - 1, 0}).value().exponent, -10);
  EXPECT_EQ(ScaleOf({0x10001, 0}).value().mantissa, 0x4000);
  EXPECT_EQ(ScaleOf({0x10002, 0}).value().mantissa, 0x4001) << "ties go up";
  for (const Number& bad : {Number{0, 0}, Number{-1, 0}, Number{1, -149}, Number{1, 100}}) {
    EXPECT_EQ(ScaleOf(bad).status().code(), Code::kInvalidArgument);
  }
  for (const uint64_t n :
       {1u, 2u, 3u, 4u, 16u, 64u, 80u, 128u, 256u, 576u, 640u, 4096u, 8191u, 1u << 20}) {
    const double root = std::sqrt(static_cast<double>(n));
    EXPECT_NEAR(ValueOf(ScaleOfRoot(n)) / root, 1, 1.0 / (1 << 15)) << n;
    EXPECT_NEAR(ValueOf(BitsPerRoot(n)) * root * std::log(2.0), 1, 1.0 / (1 << 15)) << n;
    EXPECT_GE(ScaleOfRoot(n).mantissa, 1 << 14);
    EXPECT_GE(BitsPerRoot(n).mantissa, 1 << 14);
  }
}

TEST(Constants, PhasesAreTurnsOfAPlace) {
  const double turn = 4294967296.0 / (2 * std::acos(-1.0));
  EXPECT_EQ(PhaseOf({10000, 0}, 0, 32, {1, 0}), 683565276u);
  for (const uint32_t half : {8u, 32u, 40u, 128u}) {
    for (uint32_t i = 0; i < half; ++i) {
      const double power = std::pow(500000.0, -double{1} * i / half);
      EXPECT_NEAR(PhaseOf({500000, 0}, i, half, {1, 0}), turn * power, 1) << i;
      EXPECT_NEAR(PhaseOf({500000, 0}, i, half, {5, -2}), turn * power / 1.25, 1) << i;
    }
  }
  // Whole turns are left out.
  EXPECT_EQ(PhaseOf({10000, 0}, 0, 32, {1, -5}), static_cast<uint32_t>(21874088818));
}

TEST(Constants, RangesOfBasesAndDivisors) {
  EXPECT_TRUE(IsBase({1, 0}));
  EXPECT_TRUE(IsBase({10000000, 0}));
  EXPECT_FALSE(IsBase({0, 0}));
  EXPECT_FALSE(IsBase({-5, 0}));
  EXPECT_FALSE(IsBase({1, -1}));
  EXPECT_FALSE(IsBase({1, 64}));
  EXPECT_TRUE(IsDivisor({8, 0}));
  EXPECT_TRUE(IsDivisor({1, -9}));
  EXPECT_FALSE(IsDivisor({1, -10}));
  EXPECT_FALSE(IsDivisor({0, 0}));
  EXPECT_FALSE(IsDivisor({1, 24}));
  EXPECT_FALSE(IsDivisor({(int64_t{1} << 50) + 1, -50}));
}

TEST(Constants, NormsHaveAsManyBitsAsFit) {
  NumberRow row;
  row.resize(4);
  row.mantissa = {1, -3, 0, 1};
  row.exponent = {0, -1, 0, -40};
  const NormWeights norm = ScaledByRoot(row, 4).value();  // 2, -3, 0, 2^-39
  EXPECT_EQ(norm.fraction, 13);
  EXPECT_EQ(norm.weights, (std::vector<int16_t>{16384, -24576, 0, 0}));
  const NormWeights plain = ScaledByRoot(row, 1).value();
  EXPECT_EQ(plain.fraction, 14);
  row.mantissa = {0, 0, 0, 0};
  EXPECT_EQ(ScaledByRoot(row, 4).value().fraction, 64);
  row.mantissa[0] = 1;
  row.exponent[0] = 100;
  EXPECT_EQ(ScaledByRoot(row, 4).status().code(), Code::kInvalidArgument);
}

}  // namespace
}  // namespace lmz::convert
