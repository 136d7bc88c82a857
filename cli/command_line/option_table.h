// Command lines whose options stand in a table, from which their help is made, too.
#pragma once

#include <span>
#include <string>
#include <utility>
#include <vector>

#include "base/status.h"
#include "cli/command_line/option_parser.h"

namespace lmz::cli {

inline Status Invalid(const std::string& message) {
  return Status(Code::kInvalidArgument, message);
}

// An option, or several that do the same.
template <class Values>
struct OptionRow {
  const char* names;  // separated by commas: "-d,--decompress"
  const char* value;  // the name of the value in --help; empty for a flag
  const char* help;   // empty: not in --help; may have several lines
  Status (*apply)(Values& values, const std::string& value);
  const char* shown = nullptr;  // the names in --help, if they are others
};

// Sets `name`, which may not be empty, to the value of an option.
inline Status SetName(std::string& name, const std::string& value, const char* option) {
  if (value.empty()) return Invalid(std::string(option) + ": the name is empty");
  name = value;
  return OkStatus();
}

template <auto kField, auto kValue = true, class Values>
Status Set(Values& values, const std::string&) {
  values.*kField = kValue;
  return OkStatus();
}

// Reads command lines by a table.
template <class Values>
class OptionTable {
 public:
  // `rows` and `values` outlive this. `help` is the command that prints the help.
  OptionTable(std::span<const OptionRow<Values>> rows, const std::string& help, Values& values)
      : parser_(help) {
    for (const OptionRow<Values>& row : rows) {
      parser_.Add(row.names, row.value,
                  [&row, &values](const std::string& value) { return row.apply(values, value); });
    }
  }

  // `arguments` without the program's name. Gives what were no options.
  Result<std::vector<std::string>> Files(std::vector<std::string> arguments) {
    return parser_.Files(std::move(arguments));
  }

 private:
  OptionParser parser_;
};

// The line of an option in --help, or lines, explanations behind `width` columns of names.
std::string HelpRow(const char* names, const char* value, const char* help, const char* shown,
                    size_t width);

// The lines of --help.
template <class Values>
std::string HelpRows(std::span<const OptionRow<Values>> rows, size_t width) {
  std::string text;
  for (const OptionRow<Values>& row : rows) {
    if (row.help[0] != '\0') text += HelpRow(row.names, row.value, row.help, row.shown, width);
  }
  return text;
}

}  // namespace lmz::cli
