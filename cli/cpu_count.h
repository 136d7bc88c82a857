// How many CPUs this process may use: what -T 0 stands for.
#pragma once

#include <filesystem>
#include <optional>
#include <string_view>

namespace lmz::cli {

// CPUs in the process's affinity mask, but no more than the CPU time that its control groups allow
// it comes to, rounded up. At least 1.
int UsableCpuCount();

// The parts of it.

// CPUs in the affinity mask of the calling thread; nothing where the system has no such thing.
std::optional<int> AffinityCpuCount();

// The CPU time allowed by the tightest of the process's control groups (cgroup v1 and v2), in whole
// CPUs, rounded up; nothing without a limit. `root` is / but in tests.
std::optional<int> CgroupCpuLimit(const std::filesystem::path& root);

// What the content of a file cpu.max ("150000 100000"; "max 100000" without a limit) comes to.
std::optional<int> ParseCpuMax(std::string_view text);

// What the contents of cpu.cfs_quota_us and cpu.cfs_period_us come to; a quota of -1 is no limit.
std::optional<int> ParseCfsQuota(std::string_view quota, std::string_view period);

}  // namespace lmz::cli
