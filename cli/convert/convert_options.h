// The command line of lmz-convert as values.
#pragma once

#include <string>

#include "convert/convert.h"

namespace lmz::cli {

struct ConvertCommand {
  bool show_help = false;
  bool show_version = false;
  bool force = false;
  bool quiet = false;
  bool install = false;
  std::string input;
  std::string output;  // empty: by the input's name, or where models are installed
  convert::ConvertOptions options;
};

// Errors: kInvalidArgument with a sentence that names the option.
Result<ConvertCommand> ParseConvertCommand(int argc, const char* const* argv);

// What --help prints.
std::string ConvertHelpText();

}  // namespace lmz::cli
