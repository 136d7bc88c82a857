// The command line of `lmz explain` as values.
#pragma once

#include <string>

#include "base/status.h"

namespace lmz::cli {

struct ExplainCommand {
  bool show_help = false;
  bool force = false;
  bool json = false;
  int level = 3;       // 0 .. 5
  std::string model;   // of --model; empty when not given
  std::string output;  // empty: by the input; "-" is standard output
  std::string file;    // "-" is standard input
};

// `argv` begins with the program's name and `explain`. Errors: kInvalidArgument with a sentence
// that names the option.
Result<ExplainCommand> ParseExplainCommand(int argc, const char* const* argv);

// What --help prints.
std::string ExplainHelpText();

}  // namespace lmz::cli
