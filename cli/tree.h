// The files in directories, for --recursive.
#pragma once

#include <string>
#include <vector>

#include "cli/options.h"

namespace lmz::cli {

// Appends `path` to `files`, or, if it is a directory, the regular files below it, sorted by name.
// Below a directory, names with the suffix are skipped when compressing, and names without it
// otherwise; symbolic links are not followed. Errors: kIo; what could be read is appended.
Status AddTree(const std::string& path, const Options& options, std::vector<std::string>& files);

}  // namespace lmz::cli
