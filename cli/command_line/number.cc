#include "cli/command_line/number.h"

#include <algorithm>
#include <charconv>

#include "cli/cpu_count.h"

namespace lmz::cli {

namespace {
constexpr int kMaxThreads = 256;
}  // namespace

Result<uint64_t> ParseNumber(const char* option, const std::string& value, uint64_t least,
                             uint64_t most) {
  uint64_t number = 0;
  const char* const end = value.data() + value.size();
  const auto [rest, error] = std::from_chars(value.data(), end, number);
  if (error == std::errc() && rest == end && number >= least && number <= most) return number;
  return Status(Code::kInvalidArgument, std::string(option) + ": '" + value +
                                            "' is not a number from " + std::to_string(least) +
                                            " to " + std::to_string(most));
}

Result<int> ParseThreads(const std::string& value) {
  LMZ_ASSIGN(const uint64_t number, ParseNumber("--threads", value, 0, kMaxThreads));
  return number == 0 ? std::min(UsableCpuCount(), kMaxThreads) : static_cast<int>(number);
}

}  // namespace lmz::cli
