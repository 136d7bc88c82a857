#include "cli/io/standard_streams.h"

#include <fcntl.h>
#include <unistd.h>

#include <array>
#include <cerrno>

namespace lmz::cli {

namespace {
std::array<bool, 3> was_closed;  // written before the first thread starts
}  // namespace

void ReserveStandardStreams() {
  for (int descriptor = 0; descriptor < 3; ++descriptor) {
    if (fcntl(descriptor, F_GETFD) >= 0 || errno != EBADF) continue;
    was_closed[static_cast<size_t>(descriptor)] = true;
    // The lowest free number is this one. With O_PATH any read or write fails.
    [[maybe_unused]] const int reserved = open("/", O_PATH);
  }
}

bool WasClosed(int descriptor) {
  return was_closed[static_cast<size_t>(descriptor)];
}

Status CheckStandardOutput() {
  if (!WasClosed(STDOUT_FILENO)) return OkStatus();
  return Status(Code::kIo, "standard output is closed; redirect it, or name an output with -o");
}

}  // namespace lmz::cli
