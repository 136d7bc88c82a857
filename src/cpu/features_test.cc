#include "cpu/features.h"

#include <gtest/gtest.h>

namespace lmz {
namespace {

TEST(Features, AreASet) {
  constexpr Features kTwo = {Feature::kAvx2, Feature::kNeon};
  static_assert(kTwo.Contains({}) && kTwo.Contains(kTwo) && kTwo.Contains({Feature::kNeon}));
  static_assert(!kTwo.Contains({Feature::kNeon, Feature::kSse41}));
  static_assert((kTwo | Features{Feature::kSse41}).Contains({Feature::kNeon, Feature::kSse41}));
  static_assert((kTwo & Features{Feature::kNeon, Feature::kSse41}) == Features{Feature::kNeon});
  static_assert(Features{} == Features{} && kTwo != Features{});
}

TEST(Features, SetsHoldTheSmallerOnesThatTheyImply) {
  EXPECT_TRUE(kAvx512.needs.Contains(kAvx2.needs));
  EXPECT_FALSE(kAvx512.needs.Contains(kAvxVnni.needs));  // CPUs with the one may lack the other
  EXPECT_TRUE(kAmx.needs.Contains(kAvx512.needs));
  EXPECT_TRUE(kAvxVnni.needs.Contains(kAvx2.needs));
  EXPECT_TRUE(kAvx2.needs.Contains(kSse4.needs));
  EXPECT_TRUE(kNeonDot.needs.Contains(kNeon.needs));
}

TEST(Features, OfTheBaselineAreDetectedAndNoneOfOtherArchitectures) {
#if defined(__aarch64__)
  EXPECT_TRUE(DetectedFeatures().Contains(kNeon.needs));
  EXPECT_EQ(DetectedFeatures() & kAvx512.needs, Features{});
#elif defined(__x86_64__)
  EXPECT_EQ(DetectedFeatures() & kNeonDot.needs, Features{});
#endif
}

TEST(Features, ALimitTakesAwayAndGivesBack) {
  const Features all = DetectedFeatures();
  EXPECT_EQ(ActiveFeatures(), all);
  {
    const FeatureLimit limit(kSse4.needs | kNeon.needs);
    const Features fewer = ActiveFeatures();
    EXPECT_EQ(fewer, all & (kSse4.needs | kNeon.needs));
    {
      const FeatureLimit none({});
      EXPECT_EQ(ActiveFeatures(), Features{});
      const FeatureLimit more(all);
      EXPECT_EQ(ActiveFeatures(), Features{}) << "a limit must not add what another took away";
    }
    EXPECT_EQ(ActiveFeatures(), fewer);
  }
  EXPECT_EQ(ActiveFeatures(), all);
}

}  // namespace
}  // namespace lmz
