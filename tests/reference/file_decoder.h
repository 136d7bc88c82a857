// A second decoder of whole files, written from docs/spec/container.md and the specifications of
// codecs and filters; no code shared with the library. It holds all in memory.
#pragma once

#include "bytes_decoder.h"

namespace lmz::reference {

// The content of `file`. Compares every check, fingerprint and index entry. Throws Damage.
Bytes DecodeFile(const Bytes& file);

}  // namespace lmz::reference
