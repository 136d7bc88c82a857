// lmz: the program. Data goes to standard output, messages to standard error.
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <string>
#include <string_view>

#include "cli/exit_code.h"
#include "cli/explain/coding.h"
#include "cli/explain/explain.h"
#include "cli/generate/generate.h"
#include "cli/io/standard_streams.h"
#include "cli/io/unfinished.h"
#include "cli/models.h"
#include "cli/name_list.h"
#include "cli/options.h"
#include "cli/run.h"
#include "cli/show/message.h"
#include "cli/show/report.h"

namespace lmz::cli {
namespace {

// Compressed data is useless on a terminal.
Status CheckTerminals(const Options& options) {
  if (options.force) return OkStatus();
  const bool reads_stdin =
      std::find(options.files.begin(), options.files.end(), "-") != options.files.end();
  const bool writes_stdout = options.output.empty() && (options.to_stdout || reads_stdin);
  if (options.mode == Mode::kCompress) {
    if (writes_stdout && isatty(STDOUT_FILENO) == 1) {
      return Status(Code::kInvalidArgument,
                    "compressed data is not written to a terminal; redirect the output, name a "
                    "file, or use -f (see lmz --help)");
    }
  } else if (options.mode != Mode::kBenchmark && reads_stdin && isatty(STDIN_FILENO) == 1) {
    return Status(
        Code::kInvalidArgument,
        "compressed data is not read from a terminal; redirect the input, name a file, or "
        "use -f (see lmz --help)");
  }
  return OkStatus();
}

ExitCode PrintModelInfo(const Options& options) {
  ExitCode worst = ExitCode::kSuccess;
  for (const std::string& file : NamedFiles(options, worst)) {
    const Result<std::string> text = ModelInfo(file);
    worst = std::max(worst, text.ok() ? PrintText(text.value(), options.silent)
                                      : Report(text.status(), options.silent));
  }
  return worst;
}

// Commands stand first; "./generate" and whatever stands elsewhere is a file, and so is everything
// for a program that always decompresses.
bool IsCommand(int argc, const char* const* argv, std::string_view name) {
  if (argc < 2 || argv[1] != name) return false;
  const std::string_view program = ProgramName(argv[0]);
  return program != "unlmz" && program != "lmzcat";
}

ExitCode Run(int argc, const char* const* argv) {
  ReserveStandardStreams();
  const char* const models = std::getenv("LMZ_MODELS");
  if (IsCommand(argc, argv, "generate")) return RunGenerate(argc, argv, models);
  if (IsCommand(argc, argv, "explain")) {
    return AsksForCoding(argc, argv) ? RunExplainCoding(argc, argv)
                                     : RunExplain(argc, argv, models);
  }
  const Result<Options> options =
      ParseOptions(argc, argv, {.defaults = std::getenv("LMZ_DEFAULTS"), .models = models});
  if (!options.ok()) {
    PrintMessage(options.status().message());
    return ExitCode::kBadUsage;
  }
  if (options.value().show_help) return PrintText(HelpText());
  if (options.value().show_version) return PrintText("lmz " LMZ_VERSION "\n");
  if (options.value().mode == Mode::kListModels) {
    const Result<std::string> table = ModelTable(options.value());
    return table.ok() ? PrintText(table.value(), options.value().silent) : Report(table.status());
  }
  if (options.value().mode == Mode::kModelInfo) return PrintModelInfo(options.value());
  const Status terminals = CheckTerminals(options.value());
  if (!terminals.ok()) {
    PrintMessage(terminals.message());
    return ExitCode::kBadUsage;
  }
  InstallSignalHandlers();
  return RunFiles(options.value());
}

}  // namespace
}  // namespace lmz::cli

int main(int argc, char** argv) {
  return static_cast<int>(lmz::cli::Run(argc, argv));
}
