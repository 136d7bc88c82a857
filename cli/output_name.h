// What the output of a file is called.
#pragma once

#include <string>

#include "cli/options.h"

namespace lmz::cli {

// Whether the output of `file` is a file.
bool WritesFile(const Options& options, const std::string& file);

// Whether that file's name follows from the input's.
inline bool DerivesName(const Options& options, const std::string& file) {
  return WritesFile(options, file) && options.output.empty();
}

// The path of that file; in --output-dir it is there under the last part of the input's path or,
// with --recursive, under all of it that does not lead upwards. Errors: kIo when the input's name
// does not have the suffix that it should, or has one that it should not.
Result<std::string> OutputName(const Options& options, const std::string& file);

}  // namespace lmz::cli
