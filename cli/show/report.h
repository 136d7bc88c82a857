// Error messages and texts, and the exit codes that go with them.
#pragma once

#include <string>

#include "cli/exit_code.h"

namespace lmz::cli {

// Prints the message of a failure, unless `silent`. The exit code for `status`.
ExitCode Report(const Status& status, bool silent = false);

// A failure with the name of the file that it is about; errors of streams name theirs already.
Status NameFile(const Status& status, const std::string& file);

// Writes `text` to standard output. Errors: kIo.
Status WriteText(const std::string& text);

// The same; a failure is reported.
ExitCode PrintText(const std::string& text, bool silent = false);

}  // namespace lmz::cli
