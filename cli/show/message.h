// Messages for the user, on standard error, one line each.
#pragma once

#include <string>
#include <string_view>

namespace lmz::cli {

// `name` with a '?' for whatever a terminal would obey instead of showing it, so that a file name
// controls nothing: control characters, those of the direction of text, bytes that are not UTF-8.
std::string Printable(std::string_view name);

// Writes "lmz: sentence\n" to standard error, as Printable shows it.
void PrintMessage(std::string_view sentence);

// Writes `text` unchanged to standard error; a failure to do so is ignored.
void WriteToStderr(std::string_view text);

}  // namespace lmz::cli
