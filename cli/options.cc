#include "cli/options.h"

#include <algorithm>
#include <charconv>
#include <string_view>
#include <utility>

#include "cli/command_line/number.h"
#include "cli/command_line/option_table.h"
#include "codec/block.h"

namespace lmz::cli {

namespace {

constexpr uint64_t kMinBlockSize = uint64_t{64} << 10;
constexpr uint64_t kSeekableBlockSize = uint64_t{128} << 10;

// A number of bytes with an optional K, M or G (powers of 1024).
Result<uint64_t> ParseSize(std::string_view text) {
  uint64_t number = 0;
  const auto [rest, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  const std::string_view unit(rest, static_cast<size_t>(text.data() + text.size() - rest));
  int shift = -1;
  if (unit.empty()) shift = 0;
  if (unit == "K" || unit == "KiB") shift = 10;
  if (unit == "M" || unit == "MiB") shift = 20;
  if (unit == "G" || unit == "GiB") shift = 30;
  if (error != std::errc() || shift < 0 || number > (UINT64_MAX >> shift)) {
    return Invalid(std::string("'").append(text).append(
        "' is not a size; give bytes, or for example 64K, 16M, 1G"));
  }
  return number << shift;
}

Status SetThreads(Options& options, const std::string& value) {
  LMZ_ASSIGN(options.threads, ParseThreads(value));
  return OkStatus();
}

Status SetBlockSize(Options& options, const std::string& value) {
  const Result<uint64_t> size = ParseSize(value);
  if (!size.ok()) return size.status().At("--block-size");
  if (size.value() < kMinBlockSize || size.value() > kMaxBlockRawSize) {
    return Invalid("--block-size: " + value + " is outside the range from 64K to 256M");
  }
  options.block_size = size.value();
  return OkStatus();
}

Status SetSeekable(Options& options, const std::string&) {
  options.block_size = kSeekableBlockSize;
  return OkStatus();
}

Status SetFrameSize(Options& options, const std::string& value) {
  const Result<uint64_t> size = ParseSize(value);
  if (!size.ok()) return size.status().At("--frame-size");
  if (size.value() < kMinBlockSize) return Invalid("--frame-size: " + value + " is below 64K");
  options.frame_size = size.value();
  return OkStatus();
}

Status SetDevice(Options& options, const std::string& value) {
  const Result<DeviceChoice> device = ParseDevice(value);
  if (!device.ok()) return device.status().At("--device");
  options.device = device.value();
  return OkStatus();
}

Status SetMemoryLimit(Options& options, const std::string& value) {
  const Result<uint64_t> size = ParseSize(value);
  if (!size.ok()) return size.status().At("--memlimit");
  options.memory_limit = size.value();
  return OkStatus();
}

Status SetOutputLimit(Options& options, const std::string& value) {
  const Result<uint64_t> size = ParseSize(value);
  if (!size.ok()) return size.status().At("--output-limit");
  options.output_limit = size.value();
  return OkStatus();
}

Status SetSuffix(Options& options, const std::string& value) {
  if (value.empty() || value.find('/') != std::string::npos) {
    return Invalid("--suffix: '" + value +
                   "' is not a valid suffix; it must not be empty or contain a slash");
  }
  options.suffix = value;
  return OkStatus();
}

// Once: no progress. Twice: no error messages about files either, only the exit code.
Status SetQuiet(Options& options, const std::string&) {
  options.silent = options.quiet;
  options.quiet = true;
  return OkStatus();
}

Status SetOutput(Options& options, const std::string& value) {
  return SetName(options.output, value, "--output");
}

Status SetOutputFolder(Options& options, const std::string& value) {
  return SetName(options.output_folder, value, "--output-dir");
}

Status SetModel(Options& options, const std::string& value) {
  return SetName(options.model, value, "--model");
}

template <char kEnd>
Status AddNameList(Options& options, const std::string& value) {
  options.lists.push_back({value, kEnd});
  return OkStatus();
}

template <bool kValue>
Status SetProgress(Options& options, const std::string&) {
  options.progress = kValue;
  return OkStatus();
}

Status SetSalvage(Options& options, const std::string&) {
  options.salvage = true;
  if (options.mode == Mode::kCompress) options.mode = Mode::kDecompress;
  return OkStatus();
}

template <int kLevel>
Status SetLevel(Options& options, const std::string&) {
  options.level = kLevel;
  options.has_level = true;
  return OkStatus();
}

Status RefuseLevel(Options&, const std::string&) {
  return Invalid("levels go from -0 to -5; -3 is the default");
}

template <Mode kMode>
Status SetMode(Options& options, const std::string&) {
  options.mode = kMode;
  return OkStatus();
}

// `-dt` and `-dl` are common habits: testing and listing win over decompressing.
Status SetDecompress(Options& options, const std::string&) {
  if (options.mode == Mode::kCompress) options.mode = Mode::kDecompress;
  return OkStatus();
}

constexpr OptionRow<Options> kOptions[] = {
    {"-d,--decompress", "", "decompress", SetDecompress},
    {"-z,--compress", "", "compress (default)", SetMode<Mode::kCompress>},
    {"-t,--test", "", "test integrity; write nothing", SetMode<Mode::kTest>},
    {"-l,--list", "", "list sizes and structure without decoding", SetMode<Mode::kList>},
    {"--json", "", "with -l: print JSON", Set<&Options::json>},
    {"-c,--stdout", "", "write to standard output", Set<&Options::to_stdout>},
    {"-o,--output", "FILE", "write to FILE", SetOutput},
    {"--output-dir", "DIR", "write outputs into DIR; with -r keep their paths", SetOutputFolder},
    {"-f,--force", "", "overwrite files, follow links, use terminals", Set<&Options::force>},
    {"-r,--recursive", "", "recurse into directories", Set<&Options::recursive>},
    {"--files", "[=LIST]", "read names from LIST or standard input, one per line",
     AddNameList<'\n'>},
    {"--files0", "[=LIST]", "the same with a NUL byte behind each name", AddNameList<'\0'>},
    {"-S,--suffix", "SUFFIX", "use SUFFIX instead of .lmz", SetSuffix},
    {"--salvage", "", "decompress what is left of damaged files", SetSalvage},
    {"--verify", "", "decode while compressing and compare", Set<&Options::verify>},
    {"--no-sparse", "", "write runs of zeros instead of holes", Set<&Options::sparse, false>},
    {"-k,--keep", "", "keep input files (default)", Set<&Options::remove_input, false>},
    {"--rm", "", "remove the source after its output is synced", Set<&Options::remove_input>},
    {"-T,--threads", "N", "use N threads, 0 for one per usable CPU (default 1)", SetThreads},
    {"--block-size", "SIZE", "block size, 64K to 256M (default 16M)", SetBlockSize},
    {"--seekable", "", "small blocks (128K), so that parts are read quickly", SetSeekable},
    {"--wide", "", "64 lanes and blocks of 3840K, for GPUs", Set<&Options::wide>},
    {"--frame-size", "SIZE", "begin a new frame every SIZE bytes", SetFrameSize},
    {"-M,--memlimit", "SIZE", "refuse to decode a block that needs more memory", SetMemoryLimit},
    {"--output-limit", "SIZE", "refuse to decode a file to more than SIZE bytes", SetOutputLimit},
    {"-0", "", "no, tiny, small, base (default), large, language model", SetLevel<0>,
     "-0, -1, -2, -3, -4, -5"},
    {"-1", "", "", SetLevel<1>},
    {"-2", "", "", SetLevel<2>},
    {"-3", "", "", SetLevel<3>},
    {"-4", "", "", SetLevel<4>},
    {"-5", "", "", SetLevel<5>},
    {"-6,-7,-8,-9", "", "", RefuseLevel},
    {"--device", "NAME", "where models run: auto (default), cpu, cuda, cuda:N", SetDevice},
    {"--model", "FILE", "use the model in FILE", SetModel},
    {"--list-models", "", "list the built-in and the installed models", SetMode<Mode::kListModels>},
    {"--model-info", "", "print the metadata of each model FILE", SetMode<Mode::kModelInfo>},
    {"-b,--benchmark", "", "measure the levels on each FILE; write nothing",
     SetMode<Mode::kBenchmark>},
    {"-q,--quiet", "", "no progress; twice: no errors either", SetQuiet},
    {"--progress", "", "show progress even if not on a terminal", SetProgress<true>},
    {"--no-progress", "", "show no progress", SetProgress<false>},
    {"-v,--verbose", "", "print one summary line per file; with -l: list blocks",
     Set<&Options::verbose>},
    {"-h,--help", "", "print this help", Set<&Options::show_help>},
    {"-V,--version", "", "print the version", Set<&Options::show_version>},
};

using Table = OptionTable<Options>;

Status CheckCombination(const Options& options) {
  const bool reads_only = options.mode == Mode::kTest || options.mode == Mode::kList ||
                          options.mode == Mode::kBenchmark;
  const bool reads_stdin =
      std::find(options.files.begin(), options.files.end(), "-") != options.files.end();
  if (options.has_level && !options.model.empty()) {
    return Invalid("--model and a level cannot be combined");
  }
  if (options.salvage && options.mode != Mode::kDecompress) {
    return Invalid("--salvage decompresses; it cannot be combined with another mode");
  }
  if (options.salvage && options.remove_input) {
    return Invalid("--salvage cannot be combined with --rm; the damaged file is all there is");
  }
  if (!options.output_folder.empty() &&
      (reads_only || options.to_stdout || !options.output.empty())) {
    return Invalid(
        "--output-dir cannot be combined with --output, --stdout, --test, --list or "
        "--benchmark");
  }
  if (options.json && options.mode != Mode::kList) return Invalid("--json requires --list");
  if (!options.output.empty()) {
    if (reads_only)
      return Invalid(
          "--output cannot be combined with --test, --list or --benchmark, which write no file");
    if (options.to_stdout) return Invalid("--output and --stdout cannot be combined");
    if (options.recursive)
      return Invalid("--output takes one input file and cannot be combined with --recursive");
    if (options.files.size() > 1 || !options.lists.empty()) {
      return Invalid("--output takes one input file; without it, each file gets its own output");
    }
  }
  if (options.remove_input && (reads_only || options.to_stdout || reads_stdin)) {
    return Invalid(
        "--rm requires input and output files; lmz cannot tell whether other output was stored");
  }
  return OkStatus();
}

std::vector<std::string> SplitAt(std::string_view text, std::string_view separators) {
  std::vector<std::string> parts;
  while (!text.empty()) {
    const size_t size = std::min(text.find_first_of(separators), text.size());
    if (size != 0) parts.emplace_back(text.substr(0, size));
    text.remove_prefix(std::min(size + 1, text.size()));
  }
  return parts;
}

// The value of --files is optional, which would be taken from the next argument.
std::vector<std::string> NameStandardInput(std::vector<std::string> arguments) {
  for (std::string& argument : arguments) {
    if (argument == "--") break;
    if (argument == "--files" || argument == "--files0") argument += "=-";
  }
  return arguments;
}

// Options of LMZ_DEFAULTS, which name no files.
Status ParseDefaults(const char* defaults, Options& options) {
  Table table(kOptions, "lmz --help", options);
  LMZ_ASSIGN(const std::vector<std::string> files,
             table.Files(NameStandardInput(SplitAt(defaults, " \t\n"))));
  if (files.empty() && options.lists.empty()) return OkStatus();
  return Invalid((files.empty() ? "a list of files" : "'" + files.front() + "'") +
                 " is not an option; it may hold no files");
}

}  // namespace

std::string_view ProgramName(std::string_view path) {
  return path.substr(path.rfind('/') + 1);
}

Result<Options> ParseOptions(int argc, const char* const* argv, const Environment& environment) {
  Options options;
  const std::string_view program = ProgramName(argc > 0 ? argv[0] : "");
  if (environment.defaults != nullptr) {
    LMZ_TRY(ParseDefaults(environment.defaults, options).At("LMZ_DEFAULTS"));
  }
  options.model_folders = ModelFolders(environment.models);
  if (program == "unlmz" || program == "lmzcat") options.mode = Mode::kDecompress;
  if (program == "lmzcat") options.to_stdout = true;
  // A level on the line replaces a model of the environment, and the other way round.
  const bool has_default_level = std::exchange(options.has_level, false);
  const std::string default_model = std::exchange(options.model, {});
  Table table(kOptions, "lmz --help", options);
  LMZ_ASSIGN(options.files,
             table.Files(NameStandardInput({argv + std::min(argc, 1), argv + argc})));
  if (!options.has_level && options.model.empty()) {
    options.has_level = has_default_level;
    options.model = default_model;
  }
  if (options.files.empty() && options.lists.empty()) options.files.push_back("-");
  if (options.output == "-") {
    options.output.clear();
    options.to_stdout = true;
  }
  LMZ_TRY(CheckCombination(options));
  return options;
}

std::vector<std::string> ModelFolders(const char* list) {
  return list == nullptr ? std::vector<std::string>() : SplitAt(list, ":");
}

std::string HelpText() {
  std::string text =
      "Usage: lmz [OPTION]... [FILE]...\n"
      "Compress each FILE to FILE.lmz, or decompress it (-d). Input files are kept.\n"
      "Without FILE, or if FILE is -, read standard input and write standard output.\n"
      "unlmz is lmz -d, lmzcat is lmz -dc.\n\n";
  text += HelpRows<Options>(kOptions, 24);
  text +=
      "Exit codes: 0 success, 1 error, 2 bad usage, 3 damaged input, 4 model missing\n"
      "or different, 5 requires a newer version of lmz.\n";
  return text;
}

}  // namespace lmz::cli
