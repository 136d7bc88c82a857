#include "cli/convert/convert_options.h"

#include <CLI/CLI.hpp>
#include <charconv>

namespace lmz::cli {

namespace {

Status Invalid(const std::string& message) {
  return Status(Code::kInvalidArgument, message);
}

Status SetCount(const char* option, const std::string& value, int64_t& count) {
  const char* end = value.data() + value.size();
  const auto [rest, error] = std::from_chars(value.data(), end, count);
  if (error == std::errc() && rest == end && count >= 1 && count <= 4096) return OkStatus();
  return Invalid(std::string(option) + ": '" + value + "' is not a number from 1 to 4096");
}

Status Check(const ConvertCommand& command) {
  if (command.input.empty()) return Invalid("no file is given; see lmz-convert --help");
  if (command.install && !command.output.empty()) {
    return Invalid("--install and --output cannot be combined");
  }
  const std::string& name = command.options.name;
  if (!name.empty() && !IsModelName(name)) {
    return Invalid("--name: '" + name +
                   "' is not a name of 1 to 63 characters of a-z, 0-9, '-', '_' and '.'");
  }
  return OkStatus();
}

}  // namespace

Result<ConvertCommand> ParseConvertCommand(int argc, const char* const* argv) {
  ConvertCommand command;
  std::string context, drop;
  CLI::App app;
  app.set_help_flag();
  app.allow_extras();  // a positional of CLI11 would split a file named "[a,b]"
  app.add_flag("-h,--help", command.show_help);
  app.add_flag("-V,--version", command.show_version);
  app.add_flag("-f,--force", command.force);
  app.add_flag("-q,--quiet", command.quiet);
  app.add_flag("--install", command.install);
  const CLI::Option* output = app.add_option("-o,--output", command.output);
  app.add_option("--context", context);
  app.add_option("--drop", drop);
  app.add_option("--name", command.options.name);
  app.add_option("--licence,--license", command.options.licence);
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return Invalid(std::string(error.what()) + "; see lmz-convert --help");
  }
  if (command.show_help || command.show_version) return command;
  if (output->count() != 0 && command.output.empty()) return Invalid("--output: the name is empty");
  for (const std::string& file : app.remaining()) {
    if (file.starts_with('-')) {
      return Invalid("unknown option " + file + "; see lmz-convert --help");
    }
    if (!command.input.empty()) return Invalid("lmz-convert takes one file");
    command.input = file;
  }
  if (!context.empty()) {
    LMZ_TRY(SetCount("--context", context, command.options.context.context));
  }
  if (!drop.empty()) {
    LMZ_TRY(SetCount("--drop", drop, command.options.context.drop));
  }
  LMZ_TRY(Check(command));
  return command;
}

std::string ConvertHelpText() {
  return "Usage: lmz-convert [OPTION]... MODEL.gguf\n"
         "Convert a language model in a GGUF file to MODEL.lmm, a model file for lmz.\n\n"
         "  -o, --output FILE     Write to FILE\n"
         "      --install         Install the model for lmz -5: write llm.lmm to the model\n"
         "                        directory of this lmz\n"
         "      --context N       Tokens to look back, 16 to 4096 (default 1024)\n"
         "      --drop N          Tokens to forget at once (default an eighth)\n"
         "      --name NAME       Name of the model (default: what the file calls it)\n"
         "      --licence TEXT    SPDX expression of its licence (default: as in the file)\n"
         "  -f, --force           Overwrite an existing file\n"
         "  -q, --quiet           Do not tell what was written\n"
         "  -h, --help            Print this help\n"
         "  -V, --version         Print the version\n\n"
         "Architectures: llama, qwen2, gemma3. Tensors: F32, F16, BF16, Q4_0, Q4_1, Q5_0,\n"
         "Q5_1, Q8_0, Q4_K, Q5_K, Q6_K. The same file becomes the same model everywhere.\n"
         "Exit codes: 0 success, 1 error, 2 bad usage, 3 damaged input, 5 not supported.\n";
}

}  // namespace lmz::cli
