#include "cli/cpu_count.h"

#if defined(__linux__)
#include <sched.h>
#endif

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <cstdint>
#include <fstream>
#include <iterator>
#include <memory>
#include <sstream>
#include <string>
#include <thread>
#include <vector>

namespace lmz::cli {

namespace fs = std::filesystem;

namespace {

std::optional<std::string> ReadText(const fs::path& path) {
  std::ifstream in(path);
  if (!in) return std::nullopt;
  return std::string(std::istreambuf_iterator<char>(in), {});
}

std::vector<std::string> Words(std::string_view text) {
  std::istringstream in{std::string(text)};
  return {std::istream_iterator<std::string>(in), {}};
}

std::vector<std::string> Split(const std::string& text, char separator) {
  std::vector<std::string> parts;
  std::istringstream in(text);
  for (std::string part; std::getline(in, part, separator);) parts.push_back(part);
  return parts;
}

bool Contains(const std::vector<std::string>& words, const std::string& word) {
  return std::ranges::find(words, word) != words.end();
}

std::optional<int64_t> ParseNumber(const std::vector<std::string>& words, size_t index) {
  if (index >= words.size()) return std::nullopt;
  const std::string& word = words[index];
  int64_t number = 0;
  const auto [end, error] = std::from_chars(word.data(), word.data() + word.size(), number);
  if (error != std::errc() || end != word.data() + word.size()) return std::nullopt;
  return number;
}

std::optional<int> CpusOf(std::optional<int64_t> quota, std::optional<int64_t> period) {
  if (!quota || !period || *quota <= 0 || *period <= 0) return std::nullopt;
  const int64_t cpus = *quota / *period + (*quota % *period != 0 ? 1 : 0);
  return static_cast<int>(std::min<int64_t>(cpus, INT32_MAX));
}

void Tighten(std::optional<int>& limit, std::optional<int> other) {
  if (other) limit = std::min(limit.value_or(*other), *other);
}

std::optional<int> LimitOfFolder(const fs::path& folder, bool is_v2) {
  if (is_v2) {
    const std::optional<std::string> max = ReadText(folder / "cpu.max");
    return max ? ParseCpuMax(*max) : std::nullopt;
  }
  const std::optional<std::string> quota = ReadText(folder / "cpu.cfs_quota_us");
  const std::optional<std::string> period = ReadText(folder / "cpu.cfs_period_us");
  return quota && period ? ParseCfsQuota(*quota, *period) : std::nullopt;
}

// A mounted hierarchy of control groups.
struct Mount {
  fs::path root;   // the group that is seen at `place`
  fs::path place;  // where it is mounted
};

// proc(5): "36 35 98:0 ROOT PLACE OPTIONS .. - TYPE SOURCE OPTIONS".
std::optional<Mount> FindMount(const fs::path& root, bool is_v2) {
  std::istringstream mounts(ReadText(root / "proc/self/mountinfo").value_or(""));
  for (std::string line; std::getline(mounts, line);) {
    const std::vector<std::string> words = Words(line);
    const auto dash = std::ranges::find(words, "-");
    if (words.size() < 5 || words.end() - dash < 4) continue;
    const bool is_wanted =
        is_v2 ? dash[1] == "cgroup2" : dash[1] == "cgroup" && Contains(Split(dash[3], ','), "cpu");
    if (is_wanted) return Mount{words[3], root / fs::path(words[4]).relative_path()};
  }
  return std::nullopt;
}

// `group` and those that it lies in, as far as they are mounted.
std::optional<int> LimitOfGroup(const fs::path& root, const fs::path& group, bool is_v2) {
  const std::optional<Mount> mount = FindMount(root, is_v2);
  if (!mount) return std::nullopt;
  fs::path inside = group.lexically_relative(mount->root).lexically_normal();
  if (inside.empty() || *inside.begin() == "..") inside = ".";  // a namespace hides where it is
  std::optional<int> limit = LimitOfFolder(mount->place, is_v2);
  fs::path folder = mount->place;
  for (const fs::path& step : inside) {
    folder /= step;
    Tighten(limit, LimitOfFolder(folder, is_v2));
  }
  return limit;
}

}  // namespace

std::optional<int> ParseCpuMax(std::string_view text) {
  const std::vector<std::string> words = Words(text);
  return CpusOf(ParseNumber(words, 0), ParseNumber(words, 1));
}

std::optional<int> ParseCfsQuota(std::string_view quota, std::string_view period) {
  return CpusOf(ParseNumber(Words(quota), 0), ParseNumber(Words(period), 0));
}

// cgroups(7): a line "HIERARCHY:CONTROLLERS:PATH" for each hierarchy; that of v2 has neither number
// nor controllers.
std::optional<int> CgroupCpuLimit(const fs::path& root) {
  std::optional<int> limit;
  std::istringstream groups(ReadText(root / "proc/self/cgroup").value_or(""));
  for (std::string line; std::getline(groups, line);) {
    const size_t first = line.find(':');
    const size_t second = line.find(':', first + 1);
    if (first == std::string::npos || second == std::string::npos) continue;
    const std::string controllers = line.substr(first + 1, second - first - 1);
    const bool is_v2 = line.substr(0, first) == "0" && controllers.empty();
    if (!is_v2 && !Contains(Split(controllers, ','), "cpu")) continue;
    Tighten(limit, LimitOfGroup(root, line.substr(second + 1), is_v2));
  }
  return limit;
}

std::optional<int> AffinityCpuCount() {
#if defined(__linux__)
  // The system refuses a set that is smaller than its own.
  for (int cpus = CPU_SETSIZE; cpus <= (1 << 20); cpus *= 2) {
    const std::unique_ptr<cpu_set_t, void (*)(cpu_set_t*)> set(CPU_ALLOC(static_cast<size_t>(cpus)),
                                                               [](cpu_set_t* s) { CPU_FREE(s); });
    const size_t size = CPU_ALLOC_SIZE(static_cast<size_t>(cpus));
    if (set == nullptr) return std::nullopt;
    if (sched_getaffinity(0, size, set.get()) == 0) return CPU_COUNT_S(size, set.get());
    if (errno != EINVAL) return std::nullopt;
  }
#endif
  return std::nullopt;
}

int UsableCpuCount() {
  std::optional<int> count = AffinityCpuCount();
  if (!count) count = static_cast<int>(std::thread::hardware_concurrency());
  Tighten(count, CgroupCpuLimit("/"));
  return std::max(*count, 1);
}

}  // namespace lmz::cli
