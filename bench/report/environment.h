// What every output says about where its numbers come from.
#pragma once

#include <string>

#include "base/bytes.h"

namespace lmz::bench {

// The version, and the beginning of a hash of this program, in which all of lmz is contained.
std::string LmzVersion();

// The processor's name as the system gives it.
std::string CpuName();

// The processor and, but for 0, how many threads were used, for the beginning of a text.
std::string Machine(int threads);

// What was measured, for a sentence: its name, size and XXH3-128.
std::string DataOrigin(const std::string& name, ByteSpan data);

// What a Markdown text says as the lines that a CSV file begins with: each one that is not empty,
// behind "# ".
std::string CsvComment(const std::string& text);

// Of processors that this process may use.
int ProcessorCount();

}  // namespace lmz::bench
