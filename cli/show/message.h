// Words for the user, always on standard error, one line each.
#pragma once

#include <string>
#include <string_view>

namespace lmz {

// `name` with control characters replaced by '?', so that a file name cannot steer a terminal.
std::string Printable(std::string_view name);

// Writes "lmz: sentence\n" to standard error, control characters replaced.
void PrintMessage(std::string_view sentence);

// Writes `text` as it is to standard error; a failure there has nobody left to tell.
void PrintWords(std::string_view text);

}  // namespace lmz
