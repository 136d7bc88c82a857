// The command line as values. One table of options (options.cc) drives both the parser and --help.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/status.h"
#include "device/open_device.h"

namespace lmz::cli {

enum class Mode { kCompress, kDecompress, kTest, kList, kListModels, kModelInfo, kBenchmark };

// A file that lists the names of files.
struct NameList {
  std::string path;  // "-": standard input
  char end;          // of each name: '\n' or '\0'
};

struct Options {
  Mode mode = Mode::kCompress;
  bool show_help = false;
  bool show_version = false;
  bool json = false;
  bool to_stdout = false;
  bool force = false;
  bool remove_input = false;
  bool quiet = false;
  bool silent = false;  // quiet given twice: no error messages about files either
  bool recursive = false;
  bool sparse = true;
  bool verify = false;
  bool verbose = false;
  bool salvage = false;          // decompress what is left of damaged files
  std::optional<bool> progress;  // shown or not, whatever standard error is
  bool has_level = false;        // given, not the default
  int level = 3;                 // 0 .. 5
  std::string model;             // of --model; empty when not given
  int threads = 1;               // 1 .. 256
  DeviceChoice device = {.kind = DeviceChoice::Kind::kAuto};
  bool wide = false;                       // as CompressOptions::is_wide
  uint64_t block_size = 0;                 // bytes; 0: ChosenBlockSize
  uint64_t frame_size = UINT64_MAX;        // bytes
  uint64_t memory_limit = UINT64_MAX;      // bytes
  uint64_t output_limit = UINT64_MAX;      // bytes of each file's content
  std::string suffix = ".lmz";             // never empty, without a slash
  std::string output;                      // of -o; empty when not given
  std::string output_folder;               // of --output-dir; empty when not given
  std::vector<std::string> model_folders;  // of LMZ_MODELS
  std::vector<NameList> lists;             // of --files and --files0
  std::vector<std::string> files;          // at least one unless there are lists; "-" is
                                           // standard input
};

// What the program takes from its environment; null: not set.
struct Environment {
  const char* defaults = nullptr;  // LMZ_DEFAULTS: options, in front of those of the command line
  const char* models = nullptr;    // LMZ_MODELS: folders of models, with colons between them
};

// The last part of argv[0], which says what to do.
std::string_view ProgramName(std::string_view path);

// Reads the command line. Called as `unlmz` it decompresses, as `lmzcat` also to standard output,
// unless options say otherwise. Options of the environment come first, so that those of the line
// win. Errors: kInvalidArgument with a sentence that names the option.
Result<Options> ParseOptions(int argc, const char* const* argv, const Environment& environment);

// The folders of LMZ_MODELS; none when `list` is null.
std::vector<std::string> ModelFolders(const char* list);

// What --help prints: at most 44 lines of 80 columns.
std::string HelpText();

}  // namespace lmz::cli
