#include "entropy/logistic.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>

#include "base/bytes.h"
#include "base/checksum.h"

namespace lmz {
namespace {

TEST(Logistic, SquashIsTheRoundedFunctionOnItsWholeDomain) {
  for (int x = -kMaxLogitQ8; x <= kMaxLogitQ8; ++x) {
    const double exact = 65536.0 / (1.0 + std::exp(-x / 256.0));
    EXPECT_NEAR(Squash(x), std::clamp(exact, 1.0, 65535.0), 0.5001) << x;
    if (x > -kMaxLogitQ8) {
      EXPECT_GE(Squash(x), Squash(x - 1));
    }
  }
  EXPECT_EQ(Squash(0), 32768);
  EXPECT_EQ(Squash(1 << 30), Squash(kMaxLogitQ8));
  EXPECT_EQ(Squash(-(1 << 30)), Squash(-kMaxLogitQ8));
}

TEST(Logistic, StretchInvertsSquash) {
  for (int p = 0; p < 65536; p += 16) {
    const double middle = (p + 8) / 65536.0;
    const double exact = 256 * std::log(middle / (1 - middle));
    EXPECT_NEAR(Stretch(p), std::clamp(exact, -1.0 * kMaxStretchQ8, 1.0 * kMaxStretchQ8), 6.0) << p;
    EXPECT_EQ(Stretch(p), Stretch(p + 15));
    EXPECT_LE(std::abs(Stretch(p)), kMaxStretchQ8);
  }
}

TEST(Logistic, LogIsNearTheExactValue) {
  for (uint64_t wide = 1; wide < uint64_t{1} << 32; wide += 1 + wide / 97) {
    const auto v = static_cast<uint32_t>(wide);
    EXPECT_NEAR(LogQ8(v), 256 * std::log(v), 1.2) << v;
  }
}

TEST(Logistic, TablesArePinned) {
  Bytes tables;
  ByteWriter writer(tables);
  for (int x = -kMaxLogitQ8; x <= kMaxLogitQ8; ++x) writer.Le(static_cast<uint64_t>(Squash(x)), 2);
  for (int p = 0; p < 65536; p += 16) writer.Le(static_cast<uint64_t>(Stretch(p)) & 0xFFFF, 2);
  EXPECT_EQ(Checksum64(tables), 0xae46c153641b4f9bu) << "spec/entropy.md names this checksum";
  Bytes logs;
  for (uint32_t v = 256; v < 512; ++v) {
    ByteWriter(logs).Le(static_cast<uint64_t>(LogQ8(v)), 2);
  }
  EXPECT_EQ(Checksum64(logs), 4159368200661218264u) << "spec/entropy.md names this checksum";
}

}  // namespace
}  // namespace lmz
