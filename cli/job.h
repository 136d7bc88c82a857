// The work on one input: open, compress or decompress, make the output permanent.
#pragma once

#include <string>

#include "base/status.h"
#include "cli/list.h"
#include "cli/models.h"
#include "cli/options.h"

namespace lmz {

// Compresses, decompresses or tests `file` as `options` say, with `models`. Failures name the file
// they met.
Status RunJob(const Options& options, const Models& models, const std::string& file);

// Reads the structure of `file`. Failures name the file.
Result<ListedFile> RunList(const std::string& file);

}  // namespace lmz
