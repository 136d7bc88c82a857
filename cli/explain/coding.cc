#include "cli/explain/coding.h"

#include <string>
#include <string_view>

#include "base/memory_errors.h"
#include "cli/command_line/option_table.h"
#include "cli/explain/coding_show.h"
#include "cli/explain/coding_steps.h"
#include "cli/io/descriptor.h"
#include "cli/io/input_file.h"
#include "cli/io/output_file.h"
#include "cli/io/unfinished.h"
#include "cli/show/message.h"
#include "cli/show/report.h"

namespace lmz::cli {

namespace {

// Longer ones have fractions that nobody reads.
constexpr size_t kMostSymbols = 64;
constexpr uint64_t kMostTableSize = uint64_t{1} << 16;

struct CodingCommand {
  bool show_help = false;
  bool force = false;
  std::string text;
  std::string table;
  bool has_table = false;
  std::string svg;  // empty: none
};

Status SetText(CodingCommand& command, const std::string& value) {
  command.text = value;
  return OkStatus();
}

Status SetTable(CodingCommand& command, const std::string& value) {
  command.table = value;
  command.has_table = true;
  return OkStatus();
}

Status SetSvg(CodingCommand& command, const std::string& value) {
  return SetName(command.svg, value, "--svg");
}

constexpr OptionRow<CodingCommand> kOptions[] = {
    {"--coding", "TEXT", "The text, 1 to 64 characters", SetText},
    {"--probabilities", "TABLE",
     "\"A=0.45, B=11/20\", or a file of that name; a context\n"
     "may stand in front: \"A=0.5, B=0.5; A: A=0.1, B=0.9\".\n"
     "Default: how often each symbol stands in TEXT",
     SetTable},
    {"-o,--svg", "FILE", "Draw it, too; - draws to standard output instead", SetSvg},
    {"-f,--force", "", "Overwrite an existing file", Set<&CodingCommand::force>},
    {"-h,--help", "", "Print this help", Set<&CodingCommand::show_help>},
};

std::string HelpTextOfCoding() {
  return "Usage: lmz explain --coding TEXT [OPTION]...\n"
         "Show how arithmetic coding turns TEXT into bits: each symbol narrows an\n"
         "interval to its share, and the bits that all numbers in it begin with are\n"
         "certain.\n\n" +
         HelpRows<CodingCommand>(kOptions, 27);
}

Result<CodingCommand> ParseCodingCommand(int argc, const char* const* argv) {
  CodingCommand command;
  OptionTable<CodingCommand> table(kOptions, "lmz explain --coding TEXT --help", command);
  LMZ_ASSIGN(const std::vector<std::string> rest, table.Files({argv + 2, argv + argc}));
  if (!command.show_help && !rest.empty()) {
    return Invalid("explain --coding: " + rest[0] +
                   " is not one of its options; see lmz explain --coding TEXT --help");
  }
  return command;
}

Result<std::vector<Symbol>> ReadSymbols(const std::string& text) {
  LMZ_ASSIGN(std::vector<Symbol> symbols, SymbolsOf(text, "--coding: the text"));
  if (symbols.empty()) return Invalid("--coding: the text is empty");
  if (symbols.size() > kMostSymbols) {
    return Invalid("--coding: the text has " + std::to_string(symbols.size()) +
                   " characters; at most " + std::to_string(kMostSymbols) + " can be shown");
  }
  return symbols;
}

Status WriteDrawing(const CodingCommand& command, const std::string& drawing) {
  return WriteNewFile(command.svg, BytesOf(drawing),
                      {.may_replace = command.force, .is_chosen = true});
}

Status ExplainCoding(const CodingCommand& command, const std::vector<Symbol>& symbols,
                     const CodingTable& table) {
  LMZ_ASSIGN(const Coding coding, CodeExactly(symbols, table));
  const CodingSource source = {.is_counted = !command.has_table};
  if (command.svg == "-") return WriteText(CodingSvg(coding, source));
  if (!command.svg.empty()) LMZ_TRY(WriteDrawing(command, CodingSvg(coding, source)));
  return WriteText(CodingText(coding, source));
}

Result<CodingTable> MakeTable(const CodingCommand& command, const std::vector<Symbol>& symbols) {
  if (!command.has_table) return CodingTable::Counted(symbols);
  LMZ_ASSIGN(const Bytes table, ReadFileOrText(command.table, kMostTableSize + 1));
  if (table.size() > kMostTableSize) return Invalid("--probabilities: a table has at most 64 KiB");
  return CodingTable::Parse({reinterpret_cast<const char*>(table.data()), table.size()});
}

Status Run(const CodingCommand& command) {
  LMZ_ASSIGN(const std::vector<Symbol> symbols, ReadSymbols(command.text));
  LMZ_ASSIGN(const CodingTable table, MakeTable(command, symbols));
  return ExplainCoding(command, symbols, table);
}

}  // namespace

bool AsksForCoding(int argc, const char* const* argv) {
  for (int i = 2; i < argc; ++i) {
    const std::string_view argument = argv[i];
    if (argument == "--") return false;
    if (argument == "--coding" || argument.starts_with("--coding=")) return true;
  }
  return false;
}

ExitCode RunExplainCoding(int argc, const char* const* argv) {
  const Result<CodingCommand> command = ParseCodingCommand(argc, argv);
  if (!command.ok()) {
    PrintMessage(command.status().message());
    return ExitCode::kBadUsage;
  }
  if (command.value().show_help) return PrintText(HelpTextOfCoding());
  InstallSignalHandlers();
  const Status status = WithMemoryErrors([&] { return Run(command.value()); },
                                         "there is not enough memory for so long a text");
  const ExitCode code = Report(status);
  return status.code() == Code::kInvalidArgument ? ExitCode::kBadUsage : code;
}

}  // namespace lmz::cli
