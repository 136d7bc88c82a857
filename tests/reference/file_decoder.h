// A second decoder of whole files, written from docs/spec/container.md and the specifications of
// codecs and filters; no code shared with the library. It holds all in memory.
#pragma once

#include "tests/reference/text/text_decoder.h"

namespace lmz::reference {

// The content of `file`, whose models come from `models`. Compares every check, fingerprint and
// index entry. Throws Damage.
Bytes DecodeFile(const Bytes& file, const Models& models);

}  // namespace lmz::reference
