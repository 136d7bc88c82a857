#include "cli/generate/generate_options.h"

#include <algorithm>
#include <charconv>

#include "cli/command_line/number.h"
#include "cli/command_line/option_table.h"
#include "codec/text/sample.h"

namespace lmz::cli {

namespace {

constexpr uint64_t kMostBytes = uint64_t{1} << 24;

// A decimal fraction with up to three digits behind the point.
Status SetTemperature(GenerateCommand& command, const std::string& value) {
  const size_t point = std::min(value.find('.'), value.size());
  std::string digits = value.substr(0, point) + value.substr(std::min(point + 1, value.size()));
  const bool is_short = digits.size() <= point + 3;
  digits.resize(point + 3, '0');
  const char* const end = digits.data() + digits.size();
  int& milli = command.temperature_milli;
  const auto [rest, error] = std::from_chars(digits.data(), end, milli);
  const bool is_number = error == std::errc() && rest == end && point != 0 && value[0] != '-';
  if (is_number && is_short && milli >= 1 && milli <= kMaxTemperature) return OkStatus();
  return Invalid("--temperature: '" + value +
                 "' is not a number from 0.001 to 100 with up to three digits behind the point");
}

Status SetBytes(GenerateCommand& command, const std::string& value) {
  LMZ_ASSIGN(command.bytes, ParseNumber("--bytes", value, 1, kMostBytes));
  return OkStatus();
}

Status SetSeed(GenerateCommand& command, const std::string& value) {
  LMZ_ASSIGN(command.seed, ParseNumber("--seed", value, 0, UINT64_MAX));
  return OkStatus();
}

Status SetThreads(GenerateCommand& command, const std::string& value) {
  LMZ_ASSIGN(command.threads, ParseThreads(value));
  return OkStatus();
}

Status SetPrompt(GenerateCommand& command, const std::string& value) {
  command.prompt = value;
  return OkStatus();
}

Status SetModel(GenerateCommand& command, const std::string& value) {
  return SetName(command.model, value, "--model");
}

Status SetOutput(GenerateCommand& command, const std::string& value) {
  LMZ_TRY(SetName(command.output, value, "--output"));
  if (value == "-") command.output.clear();
  return OkStatus();
}

constexpr OptionRow<GenerateCommand> kOptions[] = {
    {"--prompt", "TEXT", "Go on behind TEXT, or behind the content of the file TEXT", SetPrompt},
    {"--bytes", "N", "Bytes to generate, 1 to 16777216 (default 1000)", SetBytes},
    {"--seed", "N", "Other random bits (default 0)", SetSeed},
    {"--temperature", "T", "0.001 to 100: below 1 what is likely becomes likelier\n(default 1)",
     SetTemperature},
    {"-0", "",
     "The model of that level (default -3); -0: context mixing\n"
     "alone, which knows nothing but the prompt",
     Set<&GenerateCommand::level, 0>, "-0 ... -4"},
    {"-1", "", "", Set<&GenerateCommand::level, 1>},
    {"-2", "", "", Set<&GenerateCommand::level, 2>},
    {"-3", "", "", Set<&GenerateCommand::level, 3>},
    {"-4", "", "", Set<&GenerateCommand::level, 4>},
    {"--model", "FILE", "The model in FILE", SetModel},
    {"-o,--output", "FILE", "Write to FILE instead of standard output", SetOutput},
    {"-f,--force", "", "Overwrite an existing file", Set<&GenerateCommand::force>},
    {"-v,--verbose", "",
     "Tell how many random bits were taken: what the bytes take\n"
     "when they are compressed with the same model",
     Set<&GenerateCommand::verbose>},
    {"-T,--threads", "N", "Number of threads", SetThreads},
    {"-h,--help", "", "Print this help", Set<&GenerateCommand::show_help>},
};

}  // namespace

Result<GenerateCommand> ParseGenerateCommand(int argc, const char* const* argv) {
  GenerateCommand command;
  OptionTable<GenerateCommand> table(kOptions, "lmz generate --help", command);
  LMZ_ASSIGN(const std::vector<std::string> files, table.Files({argv + 2, argv + argc}));
  if (!command.show_help && !files.empty()) {
    return Invalid("generate: " + files[0] + " is not one of its options; see lmz generate --help");
  }
  return command;
}

std::string GenerateHelpText() {
  return "Usage: lmz generate [OPTION]...\n"
         "Write what a model expects: the decompressor at work on random bits.\n\n" +
         HelpRows<GenerateCommand>(kOptions, 22) +
         "\nThe same options give the same bytes on every machine.\n";
}

}  // namespace lmz::cli
