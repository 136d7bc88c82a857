#include "train/data/file.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>

namespace lmz::train {

namespace {

Status Failure(const std::string& what, const std::string& path) {
  return Status(Code::kIo, "cannot " + what + " " + path + ": " + std::strerror(errno));
}

Status WriteAndSync(int file, const std::string& path, ByteSpan bytes) {
  while (!bytes.empty()) {
    const ssize_t written = write(file, bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return Failure("write", path);
    bytes = bytes.subspan(static_cast<size_t>(written));
  }
  return fsync(file) == 0 ? OkStatus() : Failure("write", path);
}

}  // namespace

Result<Bytes> ReadWholeFile(const std::string& path) {
  std::FILE* file = std::fopen(path.c_str(), "rb");
  if (file == nullptr) return Failure("read", path);
  Bytes bytes;
  size_t got = 0;
  do {
    const size_t old = bytes.size();
    bytes.resize(old + (size_t{1} << 20));
    got = std::fread(bytes.data() + old, 1, bytes.size() - old, file);
    bytes.resize(old + got);
  } while (got > 0);
  const bool failed = std::ferror(file) != 0;
  const int reason = errno;
  std::fclose(file);
  errno = reason;
  if (failed) return Failure("read", path);
  return bytes;
}

Status WriteWholeFile(const std::string& path, ByteSpan bytes) {
  const std::string unfinished = path + ".unfinished";
  const int file = open(unfinished.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
  if (file < 0) return Failure("write", unfinished);
  Status status = WriteAndSync(file, unfinished, bytes);
  if (close(file) != 0 && status.ok()) status = Failure("write", unfinished);
  if (status.ok() && std::rename(unfinished.c_str(), path.c_str()) != 0) {
    status = Failure("write", path);
  }
  if (!status.ok()) unlink(unfinished.c_str());
  return status;
}

}  // namespace lmz::train
