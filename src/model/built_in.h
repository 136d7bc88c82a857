// Model files that are part of the program.
#pragma once

#include "base/bytes.h"

namespace lmz {

// models/NAME.lmm. Static storage.
ByteSpan BuiltInTiny();
ByteSpan BuiltInSmall();
ByteSpan BuiltInBase();

}  // namespace lmz
