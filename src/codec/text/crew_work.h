// What the members of a crew do with a schedule of pieces, for all walks over a block.
#pragma once

#include <mutex>

#include "base/crew.h"
#include "base/memory_errors.h"
#include "base/status.h"

namespace lmz::text {

// Runs do_pieces(member) in all members of the crew, each until there is nothing left to do. The
// first failure ends the work of all and is returned; so is kOutOfMemory for std::bad_alloc.
template <class Schedule, class DoPieces>
Status RunCrew(Crew& crew, Schedule& schedule, const DoPieces& do_pieces) {
  std::mutex mutex;
  Status failure;
  crew.Run([&](int member) {
    const Status status = WithMemoryErrors([&] { return do_pieces(member); },
                                           "there is not enough memory for the code");
    if (status.ok()) return;
    schedule.Stop();
    const std::lock_guard lock(mutex);
    if (failure.ok()) failure = status;
  });
  return failure;
}

}  // namespace lmz::text
