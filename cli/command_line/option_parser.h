// Command lines, read by CLI11, which only option_parser.cc includes: it takes long to compile.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "base/status.h"

namespace lmz::cli {

class OptionParser {
 public:
  using Apply = std::function<Status(const std::string& value)>;

  // `help` is the command that prints the help, which refusals name.
  explicit OptionParser(const std::string& help);
  ~OptionParser();

  // An option or a flag, whose `value` is empty; `names` are separated by commas.
  void Add(const char* names, const char* value, Apply apply);

  // Applies the options among `arguments`, which are without the program's name, until one is
  // refused, and gives the rest: names of files.
  Result<std::vector<std::string>> Files(std::vector<std::string> arguments);

 private:
  class Cli11;
  std::unique_ptr<Cli11> cli11_;
  std::string see_help_;
  Status refusal_;
};

}  // namespace lmz::cli
