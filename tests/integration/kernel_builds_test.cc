// The lists of kernel builds (cpu/kernel_builds.h), all of them: no build is left out, none is
// hidden behind another, and a CPU with more than a list knows of gets the best of that list.
#include <gtest/gtest.h>

#include <set>
#include <sstream>
#include <string>
#include <vector>

#include "codec/audio/kernels/audio_kernels.h"
#include "codec/image/kernels/least_squares_kernels.h"
#include "cpu/kernel_builds.h"
#include "mix/kernels/mixer_kernels.h"
#include "model/glr/kernels/network_kernels.h"
#include "model/transformer/kernels/transformer_kernels.h"

namespace lmz {
namespace {

// Calls visit(name of the source files, builds) for each list.
template <class Visit>
void ForEachList(const Visit& visit) {
  visit("network", NetworkBuilds());
  visit("transformer", TransformerBuilds());
  visit("mixer", MixerBuilds());
  visit("audio", AudioBuilds());
  visit("least_squares", LeastSquaresBuilds());
}

// One that no CPU has and no build needs.
constexpr Feature kMadeUp = static_cast<Feature>(31);

TEST(KernelBuilds, EveryCompiledFileIsInAList) {
  std::set<std::string> compiled;
  std::istringstream names(LMZ_KERNEL_BUILDS);
  for (std::string name; std::getline(names, name, ',');) compiled.insert(name);
  std::set<std::string> listed;
  ForEachList([&](const std::string& list, const auto& builds) {
    for (const auto& build : builds) {
      EXPECT_TRUE(listed.insert(list + "_" + build.set.name).second) << list << build.set.name;
    }
  });
  EXPECT_EQ(listed, compiled);
}

TEST(KernelBuilds, TheFirstNeedsNothingAndEveryOtherIsTheBestForSomeCpu) {
  ForEachList([](const std::string& list, const auto& builds) {
    EXPECT_EQ(builds.front().set.needs, Features{}) << list;
    for (const auto& build : builds) {
      EXPECT_EQ(BestBuild(builds, build.set.needs).set.name, std::string(build.set.name)) << list;
    }
  });
}

// The trap of choosing by rank: a CPU of a new kind, with a build of its own in one list, is above
// every rank that the other lists have.
TEST(KernelBuilds, AFeatureOnTopLeavesEveryListItsBestBuild) {
  const Features more = DetectedFeatures() | Features{kMadeUp};
  ForEachList([&](const std::string& list, const auto& builds) {
    const auto& best = BestBuild(builds, DetectedFeatures());
    EXPECT_EQ(BestBuild(builds, more).kernels, best.kernels) << list;
    if (builds.size() > 1) {
      EXPECT_NE(best.kernels, builds.front().kernels) << list << ": " << best.set.name;
    }
  });

  MixerKernels newest{};
  std::vector<KernelBuild<MixerKernels>> mixers(MixerBuilds().begin(), MixerBuilds().end());
  mixers.push_back({{"newest", DetectedFeatures() | Features{kMadeUp}}, &newest});
  const KernelBuilds<MixerKernels> extended = mixers;
  EXPECT_EQ(BestBuild(extended, more).kernels, &newest);
  EXPECT_EQ(BestBuild(extended, DetectedFeatures()).kernels,
            BestBuild(MixerBuilds(), DetectedFeatures()).kernels);
}

// The lists' choices for kinds of CPU, this one or not.
TEST(KernelBuilds, AListWithoutABuildForASetTakesTheNextLowerOne) {
  const auto choices = [](Features features) {
    std::string all;
    ForEachList([&](const std::string&, const auto& builds) {
      all += std::string(all.empty() ? "" : " ") + BestBuild(builds, features).set.name;
    });
    return all;
  };
  EXPECT_EQ(choices({}), "scalar scalar scalar scalar scalar");
#if defined(__x86_64__)
  EXPECT_EQ(choices({Feature::kSsse3}), "scalar scalar scalar scalar scalar");
  EXPECT_EQ(choices(kSse4.needs), "sse4 sse4 sse4 sse4 sse4");
  EXPECT_EQ(choices(kAvx2.needs), "avx2 avx2 avx2 avx2 avx2");
  EXPECT_EQ(choices(kAvxVnni.needs), "avxvnni avxvnni avx2 avx2 avx2");
  EXPECT_EQ(choices(kAvx512.needs), "avx512 avx512 avx512 avx2 avx2");
  EXPECT_EQ(choices(kAvx512.needs | kAvxVnni.needs), "avx512 avx512 avx512 avx2 avx2");
  EXPECT_EQ(choices(kAmx.needs), "amx avx512 amx avx2 avx2");
  EXPECT_EQ(choices(kAmx.needs | kAvxVnni.needs), "amx avx512 amx avx2 avx2");
  EXPECT_EQ(choices(kAvx2.needs | Features{Feature::kAmxInt8}), "avx2 avx2 avx2 avx2 avx2");
  // AVX-512 without VNNI (Skylake-X).
  EXPECT_EQ(
      choices(kAvx2.needs | Features{Feature::kAvx512F, Feature::kAvx512Bw, Feature::kAvx512Vl,
                                     Feature::kAvx512Dq, Feature::kAvx512Cd}),
      "avx2 avx2 avx2 avx2 avx2");
#elif defined(__aarch64__)
  EXPECT_EQ(choices(kNeon.needs), "neon neon neon scalar scalar");
  EXPECT_EQ(choices(kNeonDot.needs), "neondot neondot neon scalar scalar");
#endif
}

}  // namespace
}  // namespace lmz
