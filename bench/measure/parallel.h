// Independent pieces of work on several threads.
#pragma once

#include <cstddef>
#include <functional>

#include "base/status.h"

namespace lmz::bench {

// Runs work(0) .. work(count - 1), each once, on up to `threads` (>= 1) threads, and returns one of
// the failures if there are any; then not all of the work was done.
Status ForEach(size_t count, int threads, const std::function<Status(size_t)>& work);

}  // namespace lmz::bench
