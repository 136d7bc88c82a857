// `lmz explain`: a page that shows where the bits of a file go.
#pragma once

#include "cli/exit_code.h"

namespace lmz::cli {

// `argv` begins with the program's name and `explain`; `model_folders` is the value of LMZ_MODELS,
// null when it is not set. Reports failures.
ExitCode RunExplain(int argc, const char* const* argv, const char* model_folders);

}  // namespace lmz::cli
