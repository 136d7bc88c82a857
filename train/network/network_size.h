// The shapes that lmz-train knows by name, and how others are written.
#pragma once

#include <string>

#include "base/status.h"
#include "model/glr/weights.h"

namespace lmz::train {

// "200k", "800k", "3.2m" or "12.8m", which count parameters, or "d=WIDTH,layers=N" with ",state=N"
// (else the width) and ",hidden=N" (else three times the width). Errors: kInvalidArgument.
Result<GlrShape> ParseNetworkSize(const std::string& text);

}  // namespace lmz::train
