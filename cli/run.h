// Processes all files of the command line, one after the other.
#pragma once

#include "cli/exit_code.h"
#include "cli/options.h"

namespace lmz::cli {

// Compresses, decompresses, tests or lists what `options` name, and reports failures; all files are
// tried. The highest exit code of them.
ExitCode RunFiles(const Options& options);

}  // namespace lmz::cli
