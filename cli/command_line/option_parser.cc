#include "cli/command_line/option_parser.h"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <utility>

namespace lmz::cli {

namespace {

Status Invalid(const std::string& message) {
  return Status(Code::kInvalidArgument, message);
}

}  // namespace

// CLI11 with a difference: it keeps file names byte for byte (a CLI11 positional would split a file
// named "[a,b]").
class OptionParser::Cli11 : public CLI::App {
 public:
  Cli11() {
    set_help_flag();
    allow_extras();
  }

  const auto& rest() const { return missing_; }
};

OptionParser::OptionParser(const std::string& help)
    : cli11_(std::make_unique<Cli11>()), see_help_("; see " + help) {}

OptionParser::~OptionParser() = default;

void OptionParser::Add(const char* names, const char* value, Apply apply) {
  const auto apply_unless_refused = [this, apply = std::move(apply)](const std::string& text) {
    if (refusal_.ok()) refusal_ = apply(text);
  };
  CLI::Option* option =
      value[0] == '\0'
          ? cli11_->add_flag_callback(names, [apply_unless_refused] { apply_unless_refused(""); })
          : cli11_->add_option_function<std::string>(names, apply_unless_refused)->type_name(value);
  option->trigger_on_parse();
}

Result<std::vector<std::string>> OptionParser::Files(std::vector<std::string> arguments) {
  // CLI11 would take the next argument as the value of "--output=".
  for (const std::string& argument : arguments) {
    if (argument == "--") break;
    if (argument.starts_with("--") && argument.ends_with('=')) {
      return Invalid(argument + " has no value" + see_help_);
    }
  }
  std::reverse(arguments.begin(), arguments.end());  // as CLI11 takes them
  try {
    cli11_->parse(std::move(arguments));
  } catch (const CLI::ArgumentMismatch& error) {
    // "--threads: 1 required N missing"
    const std::string text = error.what();
    return Invalid(text.substr(0, text.find(':')) + " needs a value" + see_help_);
  } catch (const CLI::ParseError& error) {
    return Invalid(error.what() + see_help_);
  }
  LMZ_TRY(refusal_);
  std::vector<std::string> files;
  for (const auto& [kind, text] : cli11_->rest()) {
    if (kind == CLI::detail::Classifier::NONE) {
      files.push_back(text);
    } else if (kind != CLI::detail::Classifier::POSITIONAL_MARK) {
      return Invalid("unknown option " + text + see_help_ +
                     ", or put -- before file names that start with -");
    }
  }
  return files;
}

}  // namespace lmz::cli
