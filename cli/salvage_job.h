// Decompression of what is left of a damaged file.
#pragma once

#include "cli/io/input_file.h"
#include "stream/compress.h"

namespace lmz::cli {

// Writes what is good of `input` to `sink` and lists it, and what is not, on standard error unless
// `is_silent`. Errors: as Salvage. `worst` becomes the worst that was found in the file.
Result<Progress> RunSalvage(const DecompressOptions& options, bool is_silent, InputFile& input,
                            Sink& sink, Status& worst);

}  // namespace lmz::cli
