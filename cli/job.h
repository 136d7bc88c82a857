// Processes one input: opens it, compresses or decompresses it, commits the output.
#pragma once

#include <string>

#include "base/status.h"
#include "cli/models.h"
#include "cli/options.h"
#include "cli/show/progress.h"
#include "stream/compress.h"

namespace lmz::cli {

// Compresses, decompresses or tests `file` as `options` say, with `models`, and shows that on
// `line`. Failures name the file they met.
Result<Progress> RunJob(const Options& options, const Models& models, const std::string& file,
                        ProgressLine& line);

// Reads the structure of `file`, of which `visitor` is told. Failures name the file, but those of
// the visitor.
Status RunList(const std::string& file, FrameVisitor& visitor);

}  // namespace lmz::cli
