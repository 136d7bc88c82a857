// lmz: the command line. Data goes to standard output, words to standard error.
#include <unistd.h>

#include <algorithm>
#include <new>
#include <string>
#include <vector>

#include "cli/exit_code.h"
#include "cli/io/descriptor.h"
#include "cli/io/unfinished.h"
#include "cli/job.h"
#include "cli/list.h"
#include "cli/message.h"
#include "cli/models.h"
#include "cli/options.h"
#include "cli/tree.h"

namespace lmz {
namespace {

ExitCode Report(const Status& status, bool silent = false) {
  if (!status.ok() && !silent) PrintMessage(status.message());
  return ExitCodeFor(status.code());
}

ExitCode PrintText(const std::string& text, bool silent = false) {
  StdoutSink sink;
  return Report(sink.Write(ByteSpan(reinterpret_cast<const uint8_t*>(text.data()), text.size())),
                silent);
}

// Compressed data on a terminal is of use to nobody.
Status CheckTerminals(const Options& options) {
  if (options.force) return OkStatus();
  const bool reads_stdin =
      std::find(options.files.begin(), options.files.end(), "-") != options.files.end();
  const bool writes_stdout = options.output.empty() && (options.to_stdout || reads_stdin);
  if (options.mode == Mode::kCompress) {
    if (writes_stdout && isatty(STDOUT_FILENO) == 1) {
      return Status(Code::kInvalidArgument,
                    "compressed data is not written to a terminal; redirect it, name a file, or "
                    "use -f (lmz --help shows how)");
    }
  } else if (reads_stdin && isatty(STDIN_FILENO) == 1) {
    return Status(Code::kInvalidArgument,
                  "compressed data is not read from a terminal; redirect it, name a file, or use "
                  "-f (lmz --help shows how)");
  }
  return OkStatus();
}

// Runs `work` and turns an exhausted memory into a Status.
template <typename Work>
Status Guard(const std::string& file, Work work) {
  try {
    return work();
  } catch (const std::bad_alloc&) {
    return Status(Code::kOutOfMemory, file +
                                          ": there is not enough memory; try a smaller "
                                          "--block-size or fewer --threads");
  }
}

ExitCode PrintModelInfo(const Options& options) {
  ExitCode worst = ExitCode::kFine;
  for (const std::string& file : options.files) {
    const Result<std::string> text = ModelInfo(file);
    worst = std::max(worst, text.ok() ? PrintText(text.value(), options.silent)
                                      : Report(text.status(), options.silent));
  }
  return worst;
}

ExitCode RunFiles(const Options& options) {
  const Result<Models> models = LoadModels(options);
  if (!models.ok()) return Report(models.status(), options.silent);
  ExitCode worst = ExitCode::kFine;
  std::vector<ListedFile> listed;
  std::vector<std::string> files;
  for (const std::string& file : options.files) {
    const Status status = options.recursive ? AddTree(file, options, files) : OkStatus();
    if (!options.recursive) files.push_back(file);
    worst = std::max(worst, Report(status, options.silent));
  }
  for (const std::string& file : files) {
    const Status status = Guard(file, [&] {
      if (options.mode != Mode::kList) return RunJob(options, models.value(), file);
      LMZ_ASSIGN(ListedFile entry, RunList(file));
      listed.push_back(std::move(entry));
      return OkStatus();
    });
    worst = std::max(worst, Report(status, options.silent));
  }
  if (options.mode == Mode::kList && options.json) {
    worst = std::max(worst, PrintText(ListJson(listed), options.silent));
  } else if (!listed.empty()) {
    worst = std::max(worst, PrintText(ListTable(listed, options.verbose), options.silent));
  }
  return worst;
}

ExitCode Run(int argc, const char* const* argv) {
  const Result<Options> options = ParseOptions(argc, argv);
  if (!options.ok()) {
    PrintMessage(options.status().message());
    return ExitCode::kUsage;
  }
  if (options.value().show_help) return PrintText(HelpText());
  if (options.value().show_version) return PrintText("lmz " LMZ_VERSION "\n");
  if (options.value().mode == Mode::kListModels) {
    const Result<std::string> table = ModelTable();
    return table.ok() ? PrintText(table.value(), options.value().silent) : Report(table.status());
  }
  if (options.value().mode == Mode::kModelInfo) return PrintModelInfo(options.value());
  const Status terminals = CheckTerminals(options.value());
  if (!terminals.ok()) {
    PrintMessage(terminals.message());
    return ExitCode::kUsage;
  }
  InstallSignalHandlers();
  return RunFiles(options.value());
}

}  // namespace
}  // namespace lmz

int main(int argc, char** argv) {
  return static_cast<int>(lmz::Run(argc, argv));
}
