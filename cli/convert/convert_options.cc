#include "cli/convert/convert_options.h"

#include <algorithm>

#include "cli/command_line/number.h"
#include "cli/command_line/option_table.h"

namespace lmz::cli {

namespace {

Status SetOutput(ConvertCommand& command, const std::string& value) {
  return SetName(command.output, value, "--output");
}

Status SetContext(ConvertCommand& command, const std::string& value) {
  LMZ_ASSIGN(const uint64_t tokens,
             ParseNumber("--context", value, convert::kMinContext, convert::kMaxContext));
  command.options.context.context = static_cast<int64_t>(tokens);
  return OkStatus();
}

Status SetDrop(ConvertCommand& command, const std::string& value) {
  LMZ_ASSIGN(const uint64_t tokens, ParseNumber("--drop", value, 1, convert::kMaxContext));
  command.options.context.drop = static_cast<int64_t>(tokens);
  return OkStatus();
}

Status SetModelName(ConvertCommand& command, const std::string& value) {
  if (IsModelName(value)) {
    command.options.name = value;
    return OkStatus();
  }
  return Invalid("--name: '" + value +
                 "' is not a name of 1 to 63 characters of a-z, 0-9, '-', '_' and '.'");
}

Status SetLicence(ConvertCommand& command, const std::string& value) {
  command.options.licence = value;
  return OkStatus();
}

constexpr OptionRow<ConvertCommand> kOptions[] = {
    {"-o,--output", "FILE", "Write to FILE", SetOutput},
    {"--install", "",
     "Install the model for lmz -5: write llm.lmm to the model\n"
     "directory of this lmz",
     Set<&ConvertCommand::install>},
    {"--context", "N", "Tokens to look back, 16 to 4096 (default 1024)", SetContext},
    {"--drop", "N", "Tokens to forget at once (default an eighth)", SetDrop},
    {"--name", "NAME", "Name of the model (default: what the file calls it)", SetModelName},
    {"--licence,--license", "TEXT", "SPDX expression of its licence (default: as in the file)",
     SetLicence, "    --licence TEXT"},
    {"-f,--force", "", "Overwrite an existing file", Set<&ConvertCommand::force>},
    {"-q,--quiet", "", "Do not tell what was written", Set<&ConvertCommand::quiet>},
    {"-h,--help", "", "Print this help", Set<&ConvertCommand::show_help>},
    {"-V,--version", "", "Print the version", Set<&ConvertCommand::show_version>},
};

}  // namespace

Result<ConvertCommand> ParseConvertCommand(int argc, const char* const* argv) {
  ConvertCommand command;
  OptionTable<ConvertCommand> table(kOptions, "lmz-convert --help", command);
  LMZ_ASSIGN(const std::vector<std::string> files,
             table.Files({argv + std::min(argc, 1), argv + argc}));
  if (command.show_help || command.show_version) return command;
  if (files.empty()) return Invalid("no file is given; see lmz-convert --help");
  if (files.size() > 1) return Invalid("lmz-convert takes one file");
  command.input = files[0];
  if (command.install && !command.output.empty()) {
    return Invalid("--install and --output cannot be combined");
  }
  return command;
}

std::string ConvertHelpText() {
  return "Usage: lmz-convert [OPTION]... MODEL.gguf\n"
         "Convert a language model in a GGUF file to MODEL.lmm, a model file for lmz.\n\n" +
         HelpRows<ConvertCommand>(kOptions, 22) +
         "\n"
         "Architectures: llama, qwen2, gemma3. Tensors: F32, F16, BF16, Q4_0, Q4_1, Q5_0,\n"
         "Q5_1, Q8_0, Q4_K, Q5_K, Q6_K. The same file becomes the same model everywhere.\n"
         "Exit codes: 0 success, 1 error, 2 bad usage, 3 damaged input, 5 not supported.\n";
}

}  // namespace lmz::cli
