#include "cpu/isa.h"

#include <gtest/gtest.h>

#include <algorithm>

namespace lmz {
namespace {

TEST(Isa, NamesRoundTrip) {
  for (int i = 0; i <= static_cast<int>(Isa::kNeonDot); ++i) {
    const Isa isa = static_cast<Isa>(i);
    EXPECT_EQ(IsaFromName(IsaName(isa)), isa);
  }
  EXPECT_FALSE(IsaFromName("mmx").has_value());
}

TEST(Isa, ScalarAlwaysRunsAndTheBestIsActive) {
  const std::vector<Isa> supported = SupportedIsas();
  ASSERT_FALSE(supported.empty());
  EXPECT_EQ(supported.front(), Isa::kScalar);
  EXPECT_EQ(ActiveIsa(), supported.back());
}

TEST(Isa, ForcingIsRefusedWhereTheCpuCannot) {
  const std::vector<Isa> supported = SupportedIsas();
  const Isa best = supported.back();
  for (int i = 0; i <= static_cast<int>(Isa::kNeonDot); ++i) {
    const Isa isa = static_cast<Isa>(i);
    const bool is_supported = std::find(supported.begin(), supported.end(), isa) != supported.end();
    EXPECT_EQ(ForceIsa(isa).ok(), is_supported) << IsaName(isa);
    if (is_supported) {
      EXPECT_EQ(ActiveIsa(), isa);
    }
  }
  ASSERT_TRUE(ForceIsa(best).ok());
}

}  // namespace
}  // namespace lmz
