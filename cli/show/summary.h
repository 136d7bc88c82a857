// The summary lines of --verbose.
#pragma once

#include <chrono>
#include <string>

#include "cli/options.h"
#include "stream/compress.h"

namespace lmz::cli {

// "NAME: 1000 bytes to 250 bytes, ratio 4.000, 2.000 bits/byte, 500 kB/s" with a line end, control
// characters replaced.
std::string SummaryText(Mode mode, const std::string& name, const Progress& done,
                        std::chrono::duration<double> elapsed);

}  // namespace lmz::cli
