// Where an allocation that failed becomes a Status.
#pragma once

#include <new>
#include <stdexcept>

#include "base/status.h"

namespace lmz {

// What `work` returns, a Status or a Result; kOutOfMemory with `message` when it throws
// std::bad_alloc, or std::length_error, which a vector throws that is too long for the addresses of
// a machine of 32 bits.
template <class Work>
auto WithMemoryErrors(Work work, const char* message) -> decltype(work()) {
  try {
    return work();
  } catch (const std::bad_alloc&) {
    return Status(Code::kOutOfMemory, message);
  } catch (const std::length_error&) {
    return Status(Code::kOutOfMemory, message);
  }
}

}  // namespace lmz
