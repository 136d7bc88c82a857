#include "convert/file_access.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>
#include <utility>

namespace lmz::convert {

namespace {

Status Failed(const std::string& path, int error) {
  return Status(Code::kIo, path + ": cannot be read: " + std::generic_category().message(error));
}

}  // namespace

FileAccess::FileAccess(std::string path, int descriptor, uint64_t size)
    : path_(std::move(path)), descriptor_(descriptor), size_(size) {}

FileAccess::~FileAccess() {
  close(descriptor_);
}

Result<std::unique_ptr<FileAccess>> FileAccess::Open(const std::string& path) {
  // A pipe without a writer must not make anyone wait.
  const int descriptor = open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
  if (descriptor < 0) return Failed(path, errno);
  struct stat attributes = {};
  const int error = fstat(descriptor, &attributes) == 0 ? 0 : errno;
  std::unique_ptr<FileAccess> file(
      new FileAccess(path, descriptor, static_cast<uint64_t>(attributes.st_size)));
  if (error != 0) return Failed(path, error);
  if (!S_ISREG(attributes.st_mode)) return Status(Code::kIo, path + ": not a regular file");
  return file;
}

Status FileAccess::ReadAt(uint64_t offset, MutableByteSpan buffer) const {
  for (size_t done = 0; done < buffer.size();) {
    const ssize_t size = pread(descriptor_, buffer.data() + done, buffer.size() - done,
                               static_cast<off_t>(offset + done));
    if (size < 0 && errno == EINTR) continue;
    if (size < 0) return Failed(path_, errno);
    if (size == 0) return Status(Code::kTruncated, "the file ends too early");
    done += static_cast<size_t>(size);
  }
  return OkStatus();
}

}  // namespace lmz::convert
