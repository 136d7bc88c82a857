// Numbers on the command line.
#pragma once

#include <cstdint>
#include <string>

#include "base/status.h"

namespace lmz::cli {

// A whole number from `least` to `most`. Errors: kInvalidArgument with `option` and these.
Result<uint64_t> ParseNumber(const char* option, const std::string& value, uint64_t least,
                             uint64_t most);

// Of --threads: 1 to 256; 0 becomes the number of CPUs that may be used.
Result<int> ParseThreads(const std::string& value);

}  // namespace lmz::cli
