// `lmz explain --coding`: arithmetic coding, step by step.
#pragma once

#include "cli/exit_code.h"

namespace lmz::cli {

// Whether a command line that begins with the program's name and `explain` asks for this.
bool AsksForCoding(int argc, const char* const* argv);

// `argv` begins with the program's name and `explain`. Reports failures.
ExitCode RunExplainCoding(int argc, const char* const* argv);

}  // namespace lmz::cli
