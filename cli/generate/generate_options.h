// The command line of `lmz generate` as values.
#pragma once

#include <cstdint>
#include <string>

#include "base/status.h"

namespace lmz::cli {

struct GenerateCommand {
  bool show_help = false;
  bool force = false;
  bool verbose = false;
  int level = 3;      // 0 .. 4
  int threads = 1;    // 1 .. 256
  std::string model;  // of --model; empty when not given
  std::string prompt;
  uint64_t bytes = 1000;  // behind the prompt
  uint64_t seed = 0;
  int temperature_milli = 1000;
  std::string output;  // empty: standard output
};

// `argv` begins with the program's name and `generate`. Errors: kInvalidArgument with a sentence
// that names the option.
Result<GenerateCommand> ParseGenerateCommand(int argc, const char* const* argv);

// What --help prints.
std::string GenerateHelpText();

}  // namespace lmz::cli
