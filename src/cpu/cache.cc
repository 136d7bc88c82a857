#include "cpu/cache.h"

#include <unistd.h>

namespace lmz {

uint64_t OwnCacheSize() {
#if defined(_SC_LEVEL2_CACHE_SIZE)
  const long size = sysconf(_SC_LEVEL2_CACHE_SIZE);
  if (size > 0) return static_cast<uint64_t>(size);
#endif
  return uint64_t{1} << 20;
}

}  // namespace lmz
