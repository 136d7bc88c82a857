// The charset filter backwards: src/codec/filter/charset/spec.md.
#pragma once

#include "tests/reference/text/bytes_decoder.h"

namespace lmz::reference {

// Throws Damage.
Bytes UndoCharset(const Bytes& filtered);

}  // namespace lmz::reference
