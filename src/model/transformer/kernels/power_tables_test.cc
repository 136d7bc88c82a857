// The transformer's tables over their whole domains: against extended precision, and against the
// checksums that docs/spec/numerics.md prints.
#include "model/transformer/kernels/power_tables.h"

#include <gtest/gtest.h>

#include <cmath>
#include <fstream>
#include <iterator>
#include <string>

#include "base/bytes.h"
#include "base/checksum.h"
#include "tests/paths.h"

namespace lmz {
namespace {

constexpr long double kPi = 3.14159265358979323846264338327950288L;

bool SpecificationSays(const std::string& function, const Bytes& numbers) {
  char checksum[17];
  std::snprintf(checksum, sizeof checksum, "%016llx",
                static_cast<unsigned long long>(Checksum64(numbers)));
  std::ifstream in(testing::SourcePath("docs/spec/numerics.md"));
  const std::string text((std::istreambuf_iterator<char>(in)), std::istreambuf_iterator<char>());
  return text.find("| " + function + " | `" + checksum + "` |") != std::string::npos;
}

TEST(PowerTablesTest, PowersAreProductsOfRoundedOnes) {
  Bytes numbers;
  ByteWriter out(numbers);
  for (size_t i = 0; i < 1024; ++i) {
    const auto at = static_cast<long double>(i % 32);
    const auto coarse = std::llround(32768 * std::exp2(-static_cast<long double>(i / 32) / 32));
    const auto fine = std::llround(32768 * std::exp2(-at / 1024));
    ASSERT_EQ(kPowers[i], coarse * fine) << i;
    ASSERT_EQ(kPowers[i], kCoarsePowers[i / 32] * kFinePowers[i % 32]) << i;
    out.U32(kPowers[i]);
  }
  EXPECT_TRUE(SpecificationSays("Exp30", numbers));
}

TEST(PowerTablesTest, LogsAreCorrectlyRounded) {
  Bytes numbers;
  ByteWriter out(numbers);
  for (int factor = 127; factor <= 254; ++factor) {
    ASSERT_EQ(LogOfFactor(factor),
              std::llround(1024 * std::log2(static_cast<long double>(factor))));
    out.U32(static_cast<uint32_t>(LogOfFactor(factor)));
  }
  EXPECT_TRUE(SpecificationSays("Log", numbers));
}

TEST(PowerTablesTest, SinesAreCorrectlyRounded) {
  Bytes numbers;
  ByteWriter out(numbers);
  for (size_t i = 0; i <= 1024; ++i) {
    const long double exact = std::sin(kPi / 2 * static_cast<long double>(i) / 1024);
    ASSERT_EQ(kQuarterSine[i], std::llround(exact * (1 << 30))) << i;
    out.U32(static_cast<uint32_t>(kQuarterSine[i]));
  }
  EXPECT_TRUE(SpecificationSays("Quarter", numbers));
  for (uint64_t turn = 0; turn < uint64_t{1} << 32; turn += 99991) {
    const long double angle = 2 * kPi * static_cast<long double>(turn) / 4294967296.0L;
    const auto at = static_cast<uint32_t>(turn);
    ASSERT_NEAR(static_cast<double>(Sine(at)), static_cast<double>(32768 * std::sin(angle)), 0.51);
    ASSERT_NEAR(static_cast<double>(Cosine(at)), static_cast<double>(32768 * std::cos(angle)),
                0.51);
  }
}

}  // namespace
}  // namespace lmz
