// Tells text from binary data and structured text from prose and source code.
#pragma once

#include "base/bytes.h"
#include "plan/histogram.h"

namespace lmz {

// True for bytes that are nearly all text in ASCII, UTF-8 or an 8-bit character set. `bytes` may
// begin and end inside a character. `histogram` is theirs. Thread-safe.
bool LooksLikeText(ByteSpan bytes, const Histogram& histogram);

// True for text that looks like JSON, XML, separated values or a log. Thread-safe.
bool LooksStructured(ByteSpan text, const Histogram& histogram);

}  // namespace lmz
