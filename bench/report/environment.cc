#include "bench/report/environment.h"

#include <sched.h>

#include <fstream>
#include <sstream>

#include "bench/measure/input.h"
#include "bench/report/markdown.h"

namespace lmz::bench {

std::string LmzVersion() {
  static const std::string version = [] {
    const Result<Bytes> self = ReadFile("/proc/self/exe");
    const std::string hash = self.ok() ? HashText(self.value()).substr(0, 8) : "unknown";
    return "lmz " LMZ_VERSION " (" + hash + ")";
  }();
  return version;
}

std::string CpuName() {
  std::ifstream info("/proc/cpuinfo");
  for (std::string line; std::getline(info, line);) {
    const bool is_name = line.starts_with("model name") || line.starts_with("cpu model");
    const size_t colon = line.find(": ");
    if (is_name && colon != std::string::npos) return line.substr(colon + 2);
  }
  return "unknown processor";
}

std::string Machine(int threads) {
  const std::string processor = "Processor: " + CpuName();
  if (threads == 0) return processor;
  return processor + "; " + std::to_string(threads) + (threads == 1 ? " thread" : " threads");
}

std::string DataOrigin(const std::string& name, ByteSpan data) {
  return name + ", " + Grouped(data.size()) + " bytes, XXH3-128 " + HashText(data);
}

std::string CsvComment(const std::string& text) {
  std::string comment, line;
  for (std::istringstream lines(text); std::getline(lines, line);) {
    if (!line.empty()) comment += "# " + line + "\n";
  }
  return comment;
}

int ProcessorCount() {
  cpu_set_t set;
  CPU_ZERO(&set);
  if (sched_getaffinity(0, sizeof set, &set) != 0) return 1;
  return CPU_COUNT(&set);
}

}  // namespace lmz::bench
