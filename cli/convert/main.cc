// lmz-convert: makes model files for lmz out of GGUF files.
#include <sys/stat.h>

#include <filesystem>
#include <string>

#include "base/memory_errors.h"
#include "cli/convert/convert_options.h"
#include "cli/exit_code.h"
#include "cli/io/output_file.h"
#include "cli/io/standard_streams.h"
#include "cli/io/unfinished.h"
#include "cli/show/message.h"
#include "cli/show/report.h"
#include "convert/file_access.h"
#include "model/installed_folder.h"
#include "model/model_folder.h"

namespace lmz::cli {
namespace {

constexpr char kInstalledName[] = "llm";

void Tell(const std::string& sentence) {
  WriteToStderr("lmz-convert: " + Printable(sentence) + "\n");
}

ExitCode Fail(const Status& status) {
  Tell(status.message());
  return ExitCodeFor(status.code());
}

// Where the model goes. Makes the folder of installed models.
Result<std::string> OutputPath(const ConvertCommand& command) {
  if (!command.output.empty()) return command.output;
  if (!command.install) {
    return std::filesystem::path(command.input).replace_extension(".lmm").string();
  }
  const std::string folder = InstalledModelFolder();
  if (folder.empty()) return Status(Code::kIo, "the model directory is not known here");
  std::error_code error;
  std::filesystem::create_directories(folder, error);
  if (error) return Status(Code::kIo, folder + ": cannot be made: " + error.message());
  return ModelPath(folder, kInstalledName);
}

Status Run(const ConvertCommand& command) {
  LMZ_ASSIGN(const auto input, convert::FileAccess::Open(command.input));
  struct stat attributes = {};
  if (fstat(input->descriptor(), &attributes) != 0) {
    return Status(Code::kIo, command.input + ": cannot be read");
  }
  LMZ_ASSIGN(const std::string path, OutputPath(command));
  LMZ_ASSIGN(const auto output, OutputFile::Create(path, attributes,
                                                   {.may_replace = command.force,
                                                    .is_chosen = !command.output.empty(),
                                                    .terminal_ok = false,
                                                    .must_be_file = true}));
  const Result<ModelId> id = convert::Convert(*input, command.options, *output);
  LMZ_TRY(NameFile(id.status(), command.input));
  LMZ_TRY(output->Commit());
  if (!command.quiet) Tell("wrote " + path + ", model " + ModelIdText(id.value()));
  return OkStatus();
}

ExitCode Main(int argc, const char* const* argv) {
  ReserveStandardStreams();
  const Result<ConvertCommand> command = ParseConvertCommand(argc, argv);
  if (!command.ok()) {
    Tell(command.status().message());
    return ExitCode::kBadUsage;
  }
  if (command.value().show_help) return PrintText(ConvertHelpText());
  if (command.value().show_version) return PrintText("lmz-convert " LMZ_VERSION "\n");
  InstallSignalHandlers();
  const Status status =
      WithMemoryErrors([&] { return Run(command.value()); }, "there is not enough memory");
  return status.ok() ? ExitCode::kSuccess : Fail(status);
}

}  // namespace
}  // namespace lmz::cli

int main(int argc, char** argv) {
  return static_cast<int>(lmz::cli::Main(argc, argv));
}
