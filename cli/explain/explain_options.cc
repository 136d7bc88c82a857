#include "cli/explain/explain_options.h"

#include "cli/command_line/option_table.h"

namespace lmz::cli {

namespace {

Status SetModel(ExplainCommand& command, const std::string& value) {
  return SetName(command.model, value, "--model");
}

Status SetOutput(ExplainCommand& command, const std::string& value) {
  return SetName(command.output, value, "--output");
}

constexpr OptionRow<ExplainCommand> kOptions[] = {
    {"-o,--output", "FILE",
     "Write to FILE instead of the input's name with .html; - is\nstandard output", SetOutput},
    {"--json", "", "The same data as JSON, to standard output unless -o is given",
     Set<&ExplainCommand::json>},
    {"-0", "",
     "Compress at this level first (default -3); a file that is\n"
     "compressed already is explained as it is",
     Set<&ExplainCommand::level, 0>, "-0 ... -5"},
    {"-1", "", "", Set<&ExplainCommand::level, 1>},
    {"-2", "", "", Set<&ExplainCommand::level, 2>},
    {"-3", "", "", Set<&ExplainCommand::level, 3>},
    {"-4", "", "", Set<&ExplainCommand::level, 4>},
    {"-5", "", "", Set<&ExplainCommand::level, 5>},
    {"--model", "FILE", "Use the model in FILE", SetModel},
    {"-f,--force", "", "Overwrite an existing file", Set<&ExplainCommand::force>},
    {"-h,--help", "", "Print this help", Set<&ExplainCommand::show_help>},
};

}  // namespace

Result<ExplainCommand> ParseExplainCommand(int argc, const char* const* argv) {
  ExplainCommand command;
  OptionTable<ExplainCommand> table(kOptions, "lmz explain --help", command);
  LMZ_ASSIGN(const std::vector<std::string> files, table.Files({argv + 2, argv + argc}));
  if (command.show_help) return command;
  if (files.size() > 1) return Invalid("explain: takes one file; see lmz explain --help");
  command.file = files.empty() ? "-" : files[0];
  return command;
}

std::string ExplainHelpText() {
  return "Usage: lmz explain [OPTION]... [FILE]\n"
         "Show where the bits of FILE go: a page for a browser, in one file.\n\n" +
         HelpRows<ExplainCommand>(kOptions, 22) +
         HelpRow("--coding", "TEXT",
                 "Show how arithmetic coding turns TEXT into bits; has\n"
                 "options of its own (lmz explain --coding TEXT --help)",
                 nullptr, 22);
}

}  // namespace lmz::cli
