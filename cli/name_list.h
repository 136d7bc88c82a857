// Files that list the names of files (--files, --files0).
#pragma once

#include <string>
#include <vector>

#include "cli/exit_code.h"
#include "cli/options.h"

namespace lmz::cli {

// Appends the names in `list` to `files`, in order; empty ones are passed over, and none stands for
// standard input. Errors: kIo.
Status ReadNameList(const NameList& list, std::vector<std::string>& files);

// The files that `options` name, those in lists behind the others. A list that cannot be read is
// reported, and counts in `worst`.
std::vector<std::string> NamedFiles(const Options& options, ExitCode& worst);

}  // namespace lmz::cli
