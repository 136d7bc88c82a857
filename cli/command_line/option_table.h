// Command lines whose options stand in a table, from which their help is made, too.
#pragma once

#include <CLI/CLI.hpp>
#include <algorithm>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "base/status.h"

namespace lmz::cli {

inline Status Invalid(const std::string& message) {
  return Status(Code::kInvalidArgument, message);
}

// An option, or several that do the same.
template <class Values>
struct OptionRow {
  const char* names;  // as CLI11 writes them: "-d,--decompress"
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

// CLI11 with two differences: it keeps file names byte for byte (a CLI11 positional would split a
// file named "[a,b]"), and the first refusal of an option is remembered.
template <class Values>
class OptionParser : public CLI::App {
 public:
  // `rows` and `values` outlive this. `help` is the command that prints the help.
  OptionParser(std::span<const OptionRow<Values>> rows, const std::string& help, Values& values)
      : see_help_("; see " + help) {
    set_help_flag();
    allow_extras();
    for (const OptionRow<Values>& row : rows) Add(row, values);
  }

  // `arguments` without the program's name.
  Status Run(std::vector<std::string> arguments) {
    LMZ_TRY(RefuseEmptyValues(arguments));
    std::reverse(arguments.begin(), arguments.end());  // as CLI11 takes them
    try {
      parse(std::move(arguments));
    } catch (const CLI::ArgumentMismatch& error) {
      // "--threads: 1 required N missing"
      const std::string text = error.what();
      return Invalid(text.substr(0, text.find(':')) + " needs a value" + see_help_);
    } catch (const CLI::ParseError& error) {
      return Invalid(error.what() + see_help_);
    }
    return refusal_;
  }

  Result<std::vector<std::string>> Files() const {
    std::vector<std::string> files;
    for (const auto& [kind, text] : missing_) {
      if (kind == CLI::detail::Classifier::NONE) {
        files.push_back(text);
      } else if (kind != CLI::detail::Classifier::POSITIONAL_MARK) {
        return Invalid("unknown option " + text + see_help_ +
                       ", or put -- before file names that start with -");
      }
    }
    return files;
  }

 private:
  // CLI11 would take the next argument as the value of "--output=".
  Status RefuseEmptyValues(const std::vector<std::string>& arguments) const {
    for (const std::string& argument : arguments) {
      if (argument == "--") break;
      if (argument.starts_with("--") && argument.ends_with('=')) {
        return Invalid(argument + " has no value" + see_help_);
      }
    }
    return OkStatus();
  }

  void Add(const OptionRow<Values>& row, Values& values) {
    const auto apply = [this, &row, &values](const std::string& value) {
      if (refusal_.ok()) refusal_ = row.apply(values, value);
    };
    CLI::Option* option =
        row.value[0] == '\0'
            ? add_flag_callback(row.names, [apply] { apply(""); })
            : add_option_function<std::string>(row.names, apply)->type_name(row.value);
    option->trigger_on_parse();
  }

  std::string see_help_;
  Status refusal_;
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
