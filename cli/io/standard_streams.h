// Standard input, output and error, any of which may be closed when the program starts.
#pragma once

#include "base/status.h"

namespace lmz::cli {

// Occupies the standard descriptors that are closed with one that can be neither read nor written,
// so that no file is opened in their place. Call first of all.
void ReserveStandardStreams();

// Whether `descriptor` (0, 1 or 2) was closed when the program started.
bool WasClosed(int descriptor);

// Errors: kIo when standard output was closed.
Status CheckStandardOutput();

}  // namespace lmz::cli
