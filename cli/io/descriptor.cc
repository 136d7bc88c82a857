#include "cli/io/descriptor.h"

#include <poll.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

namespace lmz::cli {

namespace {

// After a failed call: true when it should be made again. Waits when the descriptor is one of a
// pipe or terminal that somebody made non-blocking.
bool ShouldRetry(int descriptor, short event) {
  if (errno == EINTR) return true;
  if (errno != EAGAIN) return false;
  pollfd wait{descriptor, event, 0};
  return poll(&wait, 1, -1) >= 0 || errno == EINTR;
}

}  // namespace

Status SystemError(const std::string& what) {
  return Status(Code::kIo, what + ": " + std::strerror(errno));
}

Status Refused(const char* message) {
  return Status(Code::kIo, message);
}

Status WriteAll(int descriptor, ByteSpan bytes) {
  while (!bytes.empty()) {
    const ssize_t n = write(descriptor, bytes.data(), bytes.size());
    if (n < 0) {
      if (ShouldRetry(descriptor, POLLOUT)) continue;
      return SystemError("writing failed");
    }
    bytes = bytes.subspan(static_cast<size_t>(n));
  }
  return OkStatus();
}

Result<size_t> ReadFully(int descriptor, MutableByteSpan buffer) {
  size_t filled = 0;
  while (filled < buffer.size()) {
    const ssize_t n = read(descriptor, buffer.data() + filled, buffer.size() - filled);
    if (n < 0) {
      if (ShouldRetry(descriptor, POLLIN)) continue;
      return SystemError("reading failed");
    }
    if (n == 0) break;
    filled += static_cast<size_t>(n);
  }
  return filled;
}

}  // namespace lmz::cli
