// The filters backwards: src/codec/filter/repeat.spec.md and x86.spec.md.
#pragma once

#include "tests/reference/text/bytes_decoder.h"

namespace lmz::reference {

// At most `max_size` bytes come out. Throws Damage.
Bytes UndoRepeat(const Bytes& filtered, uint64_t max_size);

// Throws Damage.
Bytes UndoX86(const Bytes& filtered);

}  // namespace lmz::reference
