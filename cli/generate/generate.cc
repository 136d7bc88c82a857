#include "cli/generate/generate.h"

#include <algorithm>

#include "base/memory_errors.h"
#include "cli/generate/generate_options.h"
#include "cli/io/descriptor.h"
#include "cli/io/input_file.h"
#include "cli/io/output_file.h"
#include "cli/io/unfinished.h"
#include "cli/models.h"
#include "cli/options.h"
#include "cli/show/message.h"
#include "cli/show/report.h"
#include "codec/text/sample.h"

namespace lmz::cli {

namespace {

constexpr uint64_t kMaxPromptSize = uint64_t{1} << 24;

Result<Bytes> ReadPrompt(const std::string& prompt) {
  LMZ_ASSIGN(Bytes content, ReadFileOrText(prompt, kMaxPromptSize + 1));
  if (content.size() > kMaxPromptSize) {
    return Status(Code::kInvalidArgument, prompt + ": a prompt has at most 16 MiB");
  }
  return content;
}

Status Write(const GenerateCommand& command, ByteSpan bytes) {
  if (command.output.empty()) return StdoutSink().Write(bytes);
  return WriteNewFile(command.output, bytes, {.may_replace = command.force, .is_chosen = true});
}

Status Generate(const GenerateCommand& command, const std::vector<std::string>& folders) {
  LMZ_ASSIGN(Bytes block, ReadPrompt(command.prompt));
  const size_t prompt_size = block.size();
  Options options;
  options.level = command.level;
  options.model = command.model;
  options.model_folders = folders;
  LMZ_ASSIGN(const Models models, LoadModels(options));
  SampleOptions sample = {.seed = command.seed, .temperature_milli = command.temperature_milli};
  if (models.encoder != nullptr) {
    LMZ_ASSIGN(sample.model, AsBytePredictor(*models.encoder));
  }
  if (std::find(block.begin(), block.end(), 0) != block.end()) sample.profile = Profile::kBinary;
  block.resize(prompt_size + static_cast<size_t>(command.bytes));
  LMZ_ASSIGN(const uint64_t bits,
             SampleText(sample, prompt_size, block, {.threads = command.threads}));
  LMZ_TRY(Write(command, ByteSpan(block).subspan(prompt_size)));
  if (command.verbose) {
    PrintMessage(std::to_string(command.bytes) + " bytes of " + std::to_string(bits) +
                 " random bits");
  }
  return OkStatus();
}

}  // namespace

ExitCode RunGenerate(int argc, const char* const* argv, const char* model_folders) {
  const Result<GenerateCommand> command = ParseGenerateCommand(argc, argv);
  if (!command.ok()) {
    PrintMessage(command.status().message());
    return ExitCode::kBadUsage;
  }
  if (command.value().show_help) return PrintText(GenerateHelpText());
  InstallSignalHandlers();
  return Report(
      WithMemoryErrors([&] { return Generate(command.value(), ModelFolders(model_folders)); },
                       "there is not enough memory for so many bytes"));
}

}  // namespace lmz::cli
