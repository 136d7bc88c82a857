// Messages for the user, on standard error, one line each.
#pragma once

#include <string>
#include <string_view>

namespace lmz::cli {

// `name` with control characters replaced by '?', so that a file name cannot control a terminal.
std::string Printable(std::string_view name);

// Writes "lmz: sentence\n" to standard error, control characters replaced.
void PrintMessage(std::string_view sentence);

// Writes `text` unchanged to standard error; a failure to do so is ignored.
void WriteToStderr(std::string_view text);

}  // namespace lmz::cli
