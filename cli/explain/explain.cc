#include "cli/explain/explain.h"

#include "base/memory_errors.h"
#include "cli/explain/explain_json.h"
#include "cli/explain/explain_options.h"
#include "cli/explain/page.h"
#include "cli/io/descriptor.h"
#include "cli/io/input_file.h"
#include "cli/io/output_file.h"
#include "cli/io/unfinished.h"
#include "cli/models.h"
#include "cli/options.h"
#include "cli/show/message.h"
#include "cli/show/report.h"
#include "stream/explain/explain.h"

namespace lmz::cli {

namespace {

Result<Bytes> Read(InputFile& input) {
  Bytes content;
  LMZ_TRY(ReadGrowing(input, kMaxExplainedSize + 1, content));
  if (content.size() > kMaxExplainedSize) {
    return Status(Code::kInvalidArgument,
                  "is too large to be explained byte by byte: the most is " +
                      std::to_string(kMaxExplainedSize >> 20) + " MiB");
  }
  return content;
}

Result<Explanation> ExplainContent(const ExplainCommand& command, ByteSpan content,
                                   const std::vector<std::string>& folders) {
  Options options;
  options.mode = IsCompressed(content) ? Mode::kDecompress : Mode::kCompress;
  options.level = command.level;
  options.model = command.model;
  options.model_folders = folders;
  LMZ_ASSIGN(const Models models, LoadModels(options));
  LMZ_ASSIGN(Explanation explanation,
             options.mode == Mode::kDecompress
                 ? Explain(content, models.known)
                 : ExplainCompressed(content, {.model = models.encoder}, models.known));
  if (explanation.raw_size == 0) {
    return Status(Code::kInvalidArgument, "is empty: there is nothing to explain");
  }
  return explanation;
}

// Where the page goes: beside the input, unless there is another wish.
std::string OutputOf(const ExplainCommand& command) {
  if (!command.output.empty()) return command.output;
  return command.json || command.file == "-" ? "-" : command.file + ".html";
}

Status Write(const ExplainCommand& command, const InputFile& input, const std::string& text) {
  const std::string name = OutputOf(command);
  if (name == "-") return WriteText(text);
  return WriteNewFile(name, BytesOf(text),
                      {.may_replace = command.force, .is_chosen = !command.output.empty()},
                      input.attributes());
}

Status RunOn(const ExplainCommand& command, const std::vector<std::string>& folders) {
  LMZ_ASSIGN(const auto input, InputFile::Open(command.file, InputFile::Accept::kAnyReadable));
  const Result<Bytes> content = Read(*input);
  LMZ_TRY(NameFile(content.status(), input->name()));
  if (content.value().empty()) {
    return Status(Code::kInvalidArgument,
                  input->name() + ": is empty: there is nothing to explain");
  }
  const Result<Explanation> explanation = ExplainContent(command, content.value(), folders);
  LMZ_TRY(NameFile(explanation.status(), input->name()));
  const ExplainedFile file = {.name = input->name(),
                              .is_compressed = IsCompressed(content.value()),
                              .explanation = explanation.value()};
  const std::string text = command.json ? ExplanationJson(file, Arrays::kNumbers) + "\n"
                                        : PageOf(ExplanationJson(file, Arrays::kBase64));
  return Write(command, *input, text);
}

}  // namespace

ExitCode RunExplain(int argc, const char* const* argv, const char* model_folders) {
  const Result<ExplainCommand> command = ParseExplainCommand(argc, argv);
  if (!command.ok()) {
    PrintMessage(command.status().message());
    return ExitCode::kBadUsage;
  }
  if (command.value().show_help) return PrintText(ExplainHelpText());
  InstallSignalHandlers();
  return Report(
      WithMemoryErrors([&] { return RunOn(command.value(), ModelFolders(model_folders)); },
                       "there is not enough memory to explain so much"));
}

}  // namespace lmz::cli
