#include "cli/generate/generate_options.h"

#include <CLI/CLI.hpp>
#include <charconv>

#include "codec/text/sample.h"

namespace lmz::cli {

namespace {

constexpr uint64_t kMostBytes = uint64_t{1} << 24;

Status Invalid(const std::string& message) {
  return Status(Code::kInvalidArgument, message);
}

// A whole number from `least` to `most`.
template <class Number>
Status SetNumber(const std::string& option, const std::string& value, uint64_t least, uint64_t most,
                 Number& number) {
  if (value.empty()) return OkStatus();  // not given
  uint64_t parsed = 0;
  const char* const end = value.data() + value.size();
  const auto [rest, error] = std::from_chars(value.data(), end, parsed);
  if (error != std::errc() || rest != end || parsed < least || parsed > most) {
    return Invalid(option + ": '" + value + "' is not a number from " + std::to_string(least) +
                   " to " + std::to_string(most));
  }
  number = static_cast<Number>(parsed);
  return OkStatus();
}

// A decimal fraction with up to three digits behind the point.
Status SetTemperature(const std::string& value, int& milli) {
  if (value.empty()) return OkStatus();
  const size_t point = std::min(value.find('.'), value.size());
  std::string digits = value.substr(0, point);
  std::string fraction = point < value.size() ? value.substr(point + 1) : "";
  const bool is_short = fraction.size() <= 3;
  fraction.resize(3, '0');
  digits += fraction;
  const char* const end = digits.data() + digits.size();
  const auto [rest, error] = std::from_chars(digits.data(), end, milli);
  const bool is_number = error == std::errc() && rest == end && point != 0 && value[0] != '-';
  if (is_number && is_short && milli >= 1 && milli <= kMaxTemperature) return OkStatus();
  return Invalid("--temperature: '" + value +
                 "' is not a number from 0.001 to 100 with up to three digits behind the point");
}

}  // namespace

Result<GenerateCommand> ParseGenerateCommand(int argc, const char* const* argv) {
  GenerateCommand command;
  std::string bytes, seed, temperature, threads;
  bool levels[5] = {};
  CLI::App app;
  app.set_help_flag();
  app.allow_extras();
  app.add_flag("-h,--help", command.show_help);
  app.add_flag("-f,--force", command.force);
  app.add_flag("-v,--verbose", command.verbose);
  for (int level = 0; level < 5; ++level) app.add_flag("-" + std::to_string(level), levels[level]);
  app.add_option("--model", command.model);
  app.add_option("--prompt", command.prompt);
  app.add_option("--bytes", bytes);
  app.add_option("--seed", seed);
  app.add_option("--temperature", temperature);
  app.add_option("-T,--threads", threads);
  app.add_option("-o,--output", command.output);
  try {
    app.parse(argc - 1, argv + 1);
  } catch (const CLI::ParseError& error) {
    return Invalid(std::string(error.what()) + "; see lmz generate --help");
  }
  if (command.show_help) return command;
  if (!app.remaining().empty()) {
    return Invalid("generate: " + app.remaining()[0] +
                   " is not one of its options; see lmz generate --help");
  }
  for (int level = 0; level < 5; ++level) {
    if (levels[level]) command.level = level;
  }
  LMZ_TRY(SetNumber("--bytes", bytes, 1, kMostBytes, command.bytes));
  LMZ_TRY(SetNumber("--seed", seed, 0, UINT64_MAX, command.seed));
  LMZ_TRY(SetNumber("--threads", threads, 1, 256, command.threads));
  LMZ_TRY(SetTemperature(temperature, command.temperature_milli));
  return command;
}

std::string GenerateHelpText() {
  return "Usage: lmz generate [OPTION]...\n"
         "Write what a model expects: the decompressor at work on random bits.\n\n"
         "      --prompt TEXT     Go on behind TEXT, or behind the content of the file TEXT\n"
         "      --bytes N         Bytes to generate, 1 to 16777216 (default 1000)\n"
         "      --seed N          Other random bits (default 0)\n"
         "      --temperature T   0.001 to 100: below 1 what is likely becomes likelier\n"
         "                        (default 1)\n"
         "  -0 ... -4             The model of that level (default -3); -0: context mixing\n"
         "                        alone, which knows nothing but the prompt\n"
         "      --model FILE      The model in FILE\n"
         "  -o, --output FILE     Write to FILE instead of standard output\n"
         "  -f, --force           Overwrite an existing file\n"
         "  -v, --verbose         Tell how many random bits were taken: what the bytes take\n"
         "                        when they are compressed with the same model\n"
         "  -T, --threads N       Number of threads\n"
         "  -h, --help            Print this help\n\n"
         "The same options give the same bytes on every machine.\n";
}

}  // namespace lmz::cli
