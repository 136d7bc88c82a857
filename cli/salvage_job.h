// Decompression of what is left of a damaged file.
#pragma once

#include "cli/io/input_file.h"
#include "cli/models.h"
#include "cli/options.h"
#include "cli/show/progress.h"

namespace lmz::cli {

// Writes what is good of `input` to `sink` and lists it, and what is not, on standard error unless
// options.silent. Errors: as Salvage. `worst` becomes the worst that was found in the file.
Result<Progress> RunSalvage(const Options& options, const Models& models, InputFile& input,
                            Sink& sink, ProgressLine& line, Status& worst);

}  // namespace lmz::cli
