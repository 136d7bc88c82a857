// A quick measurement of the levels on a file: sizes and speeds.
#pragma once

#include <string>
#include <vector>

#include "cli/exit_code.h"
#include "cli/models.h"
#include "cli/options.h"

namespace lmz::cli {

// Compresses and decompresses the beginning of each file in memory, at the level or with the model
// that `options` name, else at all levels whose models are there, and prints a table for each.
// Every result is compared with the file. Failures are reported. The worst exit code.
ExitCode RunBenchmarks(const Options& options, const Models& models,
                       const std::vector<std::string>& files);

}  // namespace lmz::cli
