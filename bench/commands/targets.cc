#include "bench/commands/targets.h"

#include <charconv>
#include <sstream>

#include "bench/measure/input.h"
#include "bench/report/markdown.h"

namespace lmz::bench {

namespace {

bool ParseTarget(const std::string& line, Target& target) {
  std::istringstream fields(line);
  std::string size;
  std::getline(fields, target.file, ',');
  std::getline(fields, target.peer, ',');
  std::getline(fields, size);
  const char* const end = size.data() + size.size();
  const auto [stop, error] = std::from_chars(size.data(), end, target.max_size);
  return error == std::errc() && stop == end && !target.file.empty() && !target.peer.empty();
}

// The sizes of the target's file by its peer, as often as it was measured.
std::vector<uint64_t> Measured(const FilesResult& result, const Target& target) {
  std::vector<uint64_t> sizes;
  for (const FileGroup& group : result.groups) {
    for (const MeasuredFile& file : group.files) {
      if (!("/" + file.path).ends_with("/" + target.file)) continue;
      for (size_t p = 0; p < result.peers.size(); ++p) {
        if (result.peers[p].name == target.peer) sizes.push_back(file.costs[p].coded_size);
      }
    }
  }
  return sizes;
}

}  // namespace

Result<std::vector<Target>> ReadTargets(const std::string& path) {
  LMZ_ASSIGN(const Bytes bytes, ReadFile(path));
  std::istringstream lines(std::string(bytes.begin(), bytes.end()));
  std::vector<Target> targets;
  size_t number = 0;
  for (std::string line; std::getline(lines, line);) {
    if (line.ends_with('\r')) line.pop_back();
    Target target;
    const bool is_right = ++number == 1 ? line == "file,tool,max_size" : ParseTarget(line, target);
    if (!is_right) {
      return Status(Code::kInvalidArgument, path + ": line " + std::to_string(number) +
                                                " is not 'file,tool,max_size', with a whole "
                                                "number below the first line");
    }
    if (number > 1) targets.push_back(std::move(target));
  }
  if (targets.empty()) return Status(Code::kInvalidArgument, path + ": there is no size to reach");
  return targets;
}

std::string TargetsMarkdown(const FilesResult& result, const std::vector<Target>& targets) {
  std::vector<Row> rows;
  size_t reached = 0, not_measured = 0;
  for (const Target& target : targets) {
    const std::string what = target.file + ", " + target.peer;
    const std::vector<uint64_t> sizes = Measured(result, target);
    for (const uint64_t size : sizes) {
      const bool is_reached = size <= target.max_size;
      reached += is_reached ? 1 : 0;
      rows.push_back(
          {what, Grouped(size), Grouped(target.max_size), is_reached ? "met" : "**missed**"});
    }
    if (!sizes.empty()) continue;
    ++not_measured;
    rows.push_back({what, "–", Grouped(target.max_size), "not measured"});
  }
  std::string text = "### Target sizes\n\n" + std::to_string(reached) + " of " +
                     std::to_string(rows.size()) + " targets are met";
  if (not_measured != 0) text += ", " + std::to_string(not_measured) + " were not measured";
  return text + ".\n\n" + MarkdownTable({"file, coder", "bytes", "at most", "result"}, rows);
}

}  // namespace lmz::bench
