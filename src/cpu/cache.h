// The caches of this CPU, as far as work is divided by them.
#pragma once

#include <cstdint>

namespace lmz {

// How many bytes the largest cache holds that a core has to itself (the second level): what the
// system says, or 1 MiB where it does not. Thread-safe.
uint64_t OwnCacheSize();

}  // namespace lmz
