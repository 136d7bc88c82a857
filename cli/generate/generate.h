// `lmz generate`: text as a model expects it.
#pragma once

#include "cli/exit_code.h"

namespace lmz::cli {

// `argv` begins with the program's name and `generate`; `model_folders` is the value of LMZ_MODELS,
// null when it is not set. Reports failures.
ExitCode RunGenerate(int argc, const char* const* argv, const char* model_folders);

}  // namespace lmz::cli
