// What every output says about where its numbers come from.
#pragma once

#include <string>

namespace lmz::bench {

// The version, and the beginning of a hash of this program, in which all of lmz is contained.
std::string LmzVersion();

// The processor's name as the system gives it.
std::string CpuName();

// The processor and how many threads were used, for the beginning of a text.
std::string Machine(int threads);

// What a Markdown text says as the lines that a CSV file begins with: each one that is not empty,
// behind "# ".
std::string CsvComment(const std::string& text);

// Of processors that this process may use.
int ProcessorCount();

}  // namespace lmz::bench
