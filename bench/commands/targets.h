// Sizes that compressors should reach on files.
#pragma once

#include <string>
#include <vector>

#include "bench/commands/files.h"

namespace lmz::bench {

struct Target {
  std::string file;  // the end of its path
  std::string peer;
  uint64_t max_size = 0;
};

// Those of a CSV file whose first line is "file,tool,max_size". Errors: kIo; kInvalidArgument with
// the line that is no such row.
Result<std::vector<Target>> ReadTargets(const std::string& path);

// Which of them are reached; what was not measured is a row too.
std::string TargetsMarkdown(const FilesResult& result, const std::vector<Target>& targets);

}  // namespace lmz::bench
