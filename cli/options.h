// The command line as values. One table of options (options.cc) drives both the parser and --help.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/status.h"

namespace lmz {

enum class Mode { kCompress, kDecompress, kTest, kList, kListModels, kModelInfo };

struct Options {
  Mode mode = Mode::kCompress;
  bool show_help = false;
  bool show_version = false;
  bool json = false;
  bool to_stdout = false;
  bool force = false;
  bool remove_input = false;
  bool quiet = false;
  bool verbose = false;
  bool has_level = false;                    // given on the command line
  int level = 3;                             // 0 .. 4
  std::string model;                         // of --model; empty when not given
  int threads = 1;                           // 1 .. 256
  uint64_t block_size = uint64_t{16} << 20;  // bytes
  uint64_t memory_limit = UINT64_MAX;        // bytes
  std::string output;                        // of -o; empty when not given
  std::vector<std::string> files;            // at least one; "-" is standard input
};

// Reads the command line. Errors: kInvalidArgument with a sentence that names the option.
Result<Options> ParseOptions(int argc, const char* const* argv);

// What --help prints: at most 31 lines of 80 columns.
std::string HelpText();

}  // namespace lmz
