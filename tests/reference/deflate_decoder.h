// A deflate stream from its data and its code: src/codec/deflate/spec.md, sections 4 to 6 and 8; no
// code shared with the library.
#pragma once

#include "deflate_parse.h"

namespace lmz::reference {

// The stream that stands for `data`, and the coder's fingerprint. No more than `max_size` bytes.
// Throws Damage.
Decoded DecodeDeflate(const Bytes& code, const DeflateSettings& settings, const Bytes& data,
                      uint64_t max_size);

}  // namespace lmz::reference
