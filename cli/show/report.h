// Error messages and texts, and the exit codes that go with them.
#pragma once

#include <string>

#include "cli/exit_code.h"

namespace lmz::cli {

// Prints the message of a failure, unless `silent`. The exit code for `status`.
ExitCode Report(const Status& status, bool silent = false);

// Writes `text` to standard output; a failure is reported.
ExitCode PrintText(const std::string& text, bool silent = false);

}  // namespace lmz::cli
