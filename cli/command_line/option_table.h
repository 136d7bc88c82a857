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

template <auto kField, bool kValue = true, class Values>
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

// "-d,--decompress" with "FILE" as "-d, --decompress FILE"; long names alone are indented.
template <class Values>
std::string HelpNames(const OptionRow<Values>& row) {
  if (row.shown != nullptr) return row.shown;
  std::string names(row.names);
  const size_t comma = names.find(',');
  if (comma != std::string::npos) names.insert(comma + 1, " ");
  if (names.starts_with("--")) names = "    " + names;
  const bool has_own_sign = row.value[0] == '\0' || row.value[0] == '[';
  return names + (has_own_sign ? "" : " ") + row.value;
}

// The lines of --help, explanations behind `width` columns of names.
template <class Values>
std::string HelpRows(std::span<const OptionRow<Values>> rows, size_t width) {
  std::string text;
  for (const OptionRow<Values>& row : rows) {
    if (row.help[0] == '\0') continue;
    std::string names = HelpNames(row);
    names.resize(width, ' ');
    text += "  " + names;
    for (const char* c = row.help; *c != '\0'; ++c) {
      text += *c;
      if (*c == '\n') text.append(2 + width, ' ');
    }
    text += '\n';
  }
  return text;
}

}  // namespace lmz::cli
