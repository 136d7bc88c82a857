// Files that list the names of files (--files, --files0).
#pragma once

#include <string>
#include <vector>

#include "cli/options.h"

namespace lmz::cli {

// Appends the names in `list` to `files`, in order; empty ones are passed over, and none stands for
// standard input. Errors: kIo.
Status ReadNameList(const NameList& list, std::vector<std::string>& files);

}  // namespace lmz::cli
