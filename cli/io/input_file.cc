#include "cli/io/input_file.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>

#include "cli/io/descriptor.h"

namespace lmz {

Result<std::unique_ptr<InputFile>> InputFile::Open(const std::string& path, Accept accept) {
  std::unique_ptr<InputFile> input(new InputFile(path));
  if (input->IsStdin()) accept = Accept::kAnyReadable;
  LMZ_TRY(input->OpenDescriptor(accept).At(input->name()));
  LMZ_TRY(input->Inspect(accept).At(input->name()));
  return input;
}

Status InputFile::OpenDescriptor(Accept accept) {
  if (IsStdin()) {
    descriptor_ = STDIN_FILENO;
    return OkStatus();
  }
  int flags = O_RDONLY | O_CLOEXEC | O_NOCTTY;
  // A pipe without a writer must not make us wait only to be refused.
  if (accept == Accept::kRegular) flags |= O_NOFOLLOW | O_NONBLOCK;
  descriptor_ = open(path_.c_str(), flags);
  if (descriptor_ >= 0) return OkStatus();
  if (errno == ELOOP && accept == Accept::kRegular) {
    return Refused("is a symbolic link, skipped; use -f to follow it");
  }
  return SystemError("cannot be opened");
}

Status InputFile::Inspect(Accept accept) {
  if (fstat(descriptor_, &attributes_) != 0) return SystemError("cannot be examined");
  if (S_ISDIR(attributes_.st_mode)) {
    return Refused("is a directory, skipped; use -r for its files, or pack it with tar -I lmz -cf");
  }
  if (!S_ISREG(attributes_.st_mode)) {
    if (accept == Accept::kRegular) {
      return Refused("is not a regular file, skipped; use -c or -f to read it all the same");
    }
    return OkStatus();
  }
  const off_t position = lseek(descriptor_, 0, SEEK_CUR);
  if (position >= 0 && attributes_.st_size > position) {
    size_ = static_cast<uint64_t>(attributes_.st_size - position);
  }
  return OkStatus();
}

InputFile::~InputFile() {
  if (descriptor_ >= 0 && !IsStdin()) close(descriptor_);
}

Result<size_t> InputFile::Read(MutableByteSpan buffer) {
  Result<size_t> filled = ReadFully(descriptor_, buffer);
  if (!filled.ok()) return filled.status().At(name());
  return filled;
}

Status InputFile::RemoveName() {
  return Unlink().At(name());
}

Status InputFile::Unlink() const {
  struct stat now = {};
  if (lstat(path_.c_str(), &now) != 0) return SystemError("cannot be removed");
  if (S_ISLNK(now.st_mode)) return Refused("is a symbolic link; it was not removed");
  if (now.st_dev != attributes_.st_dev || now.st_ino != attributes_.st_ino) {
    return Refused("was replaced while lmz read it; it was not removed");
  }
  if (unlink(path_.c_str()) != 0) return SystemError("cannot be removed");
  return OkStatus();
}

}  // namespace lmz
