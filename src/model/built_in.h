// Model files that are part of the program.
#pragma once

#include "base/bytes.h"

namespace lmz {

// models/base.lmm. Static storage.
ByteSpan BuiltInBase();

}  // namespace lmz
