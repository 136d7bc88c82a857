#include "cli/cpu_count.h"

#include <gtest/gtest.h>

#include <fstream>
#include <string>

#if defined(__linux__)
#include <sched.h>
#endif

namespace lmz::cli {
namespace {

namespace fs = std::filesystem;

TEST(CpuCount, QuotasAreRoundedUp) {
  EXPECT_EQ(ParseCpuMax("200000 100000\n"), 2);
  EXPECT_EQ(ParseCpuMax("200001 100000\n"), 3);
  EXPECT_EQ(ParseCpuMax("1000 100000\n"), 1);
  EXPECT_EQ(ParseCpuMax("9000000000000000000 1\n"), INT32_MAX);
  EXPECT_EQ(ParseCfsQuota("150000\n", "100000\n"), 2);
}

TEST(CpuCount, OtherTextIsNoLimit) {
  for (const char* text : {"max 100000\n", "", "200000", "x 100000", "200000 0", "-1 100000",
                           "0 100000", "1e5 100000", "99999999999999999999 1"}) {
    EXPECT_EQ(ParseCpuMax(text), std::nullopt) << text;
  }
  EXPECT_EQ(ParseCfsQuota("-1\n", "100000\n"), std::nullopt);
  EXPECT_EQ(ParseCfsQuota("100000\n", ""), std::nullopt);
}

// A tree of files as Linux shows it.
class Cgroups : public ::testing::Test {
 protected:
  Cgroups() : root_(fs::path(::testing::TempDir()) / Name()) { fs::remove_all(root_); }
  ~Cgroups() override { fs::remove_all(root_); }

  void Write(const std::string& path, const std::string& text) const {
    fs::create_directories((root_ / path).parent_path());
    std::ofstream(root_ / path) << text;
  }
  std::optional<int> Limit() const { return CgroupCpuLimit(root_); }

 private:
  static std::string Name() {
    return std::string("cpu_count_") +
           ::testing::UnitTest::GetInstance()->current_test_info()->name();
  }
  fs::path root_;
};

constexpr char kMountV2[] = "30 23 0:26 / /sys/fs/cgroup rw,nosuid shared:9 - cgroup2 cgroup2 rw\n";
constexpr char kMountsV1[] =
    "31 23 0:29 / /sys/fs/cgroup/memory rw - cgroup cgroup rw,memory\n"
    "32 23 0:30 / /sys/fs/cgroup/cpu,cpuacct rw - cgroup cgroup rw,cpu,cpuacct\n";

TEST_F(Cgroups, NothingThereIsNoLimit) {
  EXPECT_EQ(Limit(), std::nullopt);
  Write("proc/self/cgroup", "0::/\n\nnonsense\n");
  Write("proc/self/mountinfo", "nonsense\n");
  EXPECT_EQ(Limit(), std::nullopt);
  Write("proc/self/mountinfo", kMountV2);
  EXPECT_EQ(Limit(), std::nullopt);
}

TEST_F(Cgroups, TheTightestGroupCounts) {
  Write("proc/self/cgroup", "0::/user/shell\n");
  Write("proc/self/mountinfo", kMountV2);
  Write("sys/fs/cgroup/user/shell/cpu.max", "800000 100000\n");
  EXPECT_EQ(Limit(), 8);
  Write("sys/fs/cgroup/user/cpu.max", "300000 100000\n");
  EXPECT_EQ(Limit(), 3);
  Write("sys/fs/cgroup/user/shell/cpu.max", "max 100000\n");
  EXPECT_EQ(Limit(), 3);
  Write("sys/fs/cgroup/other/cpu.max", "100000 100000\n");
  EXPECT_EQ(Limit(), 3);
}

TEST_F(Cgroups, AContainerSeesItsOwnGroupAtTheTop) {
  Write("proc/self/mountinfo", "30 23 0:26 /box/one /sys/fs/cgroup rw - cgroup2 cgroup2 rw\n");
  Write("sys/fs/cgroup/cpu.max", "250000 100000\n");
  Write("sys/fs/cgroup/inner/cpu.max", "100000 100000\n");
  for (const char* group : {"0::/box/one\n", "0::/\n", "0::/../other\n"}) {
    Write("proc/self/cgroup", group);
    EXPECT_EQ(Limit(), 3) << group;
  }
  Write("proc/self/cgroup", "0::/box/one/inner\n");
  EXPECT_EQ(Limit(), 1);
}

TEST_F(Cgroups, Version1HasAHierarchyOfItsOwn) {
  Write("proc/self/cgroup", "9:memory:/a\n4:cpu,cpuacct:/a/b\n3:cpuset:/\n0::/\n");
  Write("proc/self/mountinfo", kMountsV1);
  Write("sys/fs/cgroup/cpu,cpuacct/a/b/cpu.cfs_quota_us", "-1\n");
  Write("sys/fs/cgroup/cpu,cpuacct/a/b/cpu.cfs_period_us", "100000\n");
  EXPECT_EQ(Limit(), std::nullopt);
  Write("sys/fs/cgroup/cpu,cpuacct/a/cpu.cfs_quota_us", "50000\n");
  Write("sys/fs/cgroup/cpu,cpuacct/a/cpu.cfs_period_us", "20000\n");
  EXPECT_EQ(Limit(), 3);
  Write("sys/fs/cgroup/memory/a/cpu.cfs_quota_us", "20000\n");
  Write("sys/fs/cgroup/memory/a/cpu.cfs_period_us", "20000\n");
  EXPECT_EQ(Limit(), 3);
}

#if defined(__linux__)
TEST(CpuCount, AThreadBoundToOneCpuHasOne) {
  cpu_set_t before, one;
  ASSERT_EQ(sched_getaffinity(0, sizeof(before), &before), 0);
  EXPECT_EQ(AffinityCpuCount(), CPU_COUNT(&before));
  int first = 0;
  while (!CPU_ISSET(first, &before)) ++first;
  CPU_ZERO(&one);
  CPU_SET(first, &one);
  ASSERT_EQ(sched_setaffinity(0, sizeof(one), &one), 0);
  EXPECT_EQ(AffinityCpuCount(), 1);
  EXPECT_EQ(UsableCpuCount(), 1);
  ASSERT_EQ(sched_setaffinity(0, sizeof(before), &before), 0);
}
#endif

}  // namespace
}  // namespace lmz::cli
