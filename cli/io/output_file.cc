#include "cli/io/output_file.h"

#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>

#include "cli/io/descriptor.h"
#include "cli/io/unfinished.h"

namespace lmz::cli {

namespace {

constexpr uint64_t kPageSize = 4096;  // what file systems can leave out

Status AlreadyExists() {
  return Refused("already exists; use -f to replace it");
}

mode_t Umask() {
  const mode_t mask = umask(0);
  umask(mask);
  return mask;
}

// Directories that cannot be opened or synced (some network and FUSE file systems) are left to the
// system: the rename itself is atomic everywhere.
Status SyncDirectory(const std::string& directory) {
  const int descriptor = open(directory.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (descriptor < 0) return OkStatus();
  const bool failed = fsync(descriptor) != 0 && errno == EIO;
  close(descriptor);
  return failed ? SystemError("its directory cannot be synced") : OkStatus();
}

}  // namespace

OutputFile::OutputFile(std::string path, const struct stat& input, const OutputRules& rules)
    : path_(std::move(path)), input_(input), rules_(rules) {
  directory_ = path_.find('/') == std::string::npos ? "./" : path_.substr(0, path_.rfind('/') + 1);
}

Result<std::unique_ptr<OutputFile>> OutputFile::Create(const std::string& path,
                                                       const struct stat& input,
                                                       const OutputRules& rules) {
  Result<std::unique_ptr<OutputFile>> output = Prepare(path, input, rules);
  if (!output.ok()) return output.status().At(path);
  return output;
}

Result<std::unique_ptr<OutputFile>> OutputFile::Prepare(const std::string& path,
                                                        const struct stat& input,
                                                        const OutputRules& rules) {
  struct stat existing = {};
  const bool exists = stat(path.c_str(), &existing) == 0;
  // A name that is too long or a path through a file is refused before any work. Links that lead
  // nowhere or in a circle are handled below.
  if (!exists && errno != ENOENT && errno != ELOOP) return SystemError("cannot be created");
  std::string target = path;
  if (exists && S_ISDIR(existing.st_mode)) return Refused("is a directory");
  if (exists && existing.st_dev == input.st_dev && existing.st_ino == input.st_ino) {
    return Refused("is both input and output; name another output with -o");
  }
  const bool in_place = exists && !S_ISREG(existing.st_mode);
  if (in_place && rules.must_be_file) {
    return Refused("is not a regular file, so the input cannot be removed; omit --rm");
  }
  if (in_place && !rules.is_chosen) return Refused("exists and is not a regular file");
  if (!in_place) {
    struct stat link = {};
    if (!rules.may_replace && lstat(path.c_str(), &link) == 0) return AlreadyExists();
    if (exists && rules.is_chosen) {
      char* real = realpath(path.c_str(), nullptr);
      if (real == nullptr) return SystemError("cannot be resolved");
      target = real;
      std::free(real);
    }
  }
  std::unique_ptr<OutputFile> output(new OutputFile(target, input, rules));
  LMZ_TRY(in_place ? output->OpenInPlace() : output->OpenTemporary());
  return output;
}

Status OutputFile::OpenInPlace() {
  struct stat target = {};
  if (stat(path_.c_str(), &target) == 0 && S_ISBLK(target.st_mode) && !rules_.may_replace) {
    return Refused("is a block device; use -f to overwrite it");
  }
  descriptor_ = open(path_.c_str(), O_WRONLY | O_CLOEXEC | O_NOCTTY);
  if (descriptor_ < 0) return SystemError("cannot be opened for writing");
  if (!rules_.terminal_ok && isatty(descriptor_) == 1) {
    return Refused("is a terminal; use -f to write compressed data to it anyway");
  }
  return OkStatus();
}

Status OutputFile::OpenTemporary() {
  std::string name = directory_ + ".lmz-XXXXXX";
  const SignalsHeld held;
  descriptor_ = mkostemp(name.data(), O_CLOEXEC);  // O_EXCL, mode 0600
  if (descriptor_ < 0) return SystemError("cannot be created");
  temporary_path_ = name;
  SetUnfinishedFile(temporary_path_);
  return OkStatus();
}

OutputFile::~OutputFile() {
  if (descriptor_ >= 0) close(descriptor_);
  if (temporary_path_.empty()) return;
  const SignalsHeld held;
  unlink(temporary_path_.c_str());
  SetUnfinishedFile("");
}

Status OutputFile::Write(ByteSpan bytes) {
  const bool with_holes = rules_.sparse && !temporary_path_.empty();
  return (with_holes ? WriteWithHoles(bytes) : WriteAll(descriptor_, bytes)).At(path_);
}

// Whole zero pages are skipped; what stands between them is written at once.
Status OutputFile::WriteWithHoles(ByteSpan bytes) {
  while (!bytes.empty()) {
    size_t data = 0;  // bytes up to the next page of zeros
    size_t zeros = 0;
    while (data + zeros < bytes.size()) {
      const size_t start = data + zeros;
      const auto page = static_cast<size_t>(
          std::min<uint64_t>(kPageSize - (size_ + start) % kPageSize, bytes.size() - start));
      const ByteSpan piece = bytes.subspan(start, page);
      if (std::all_of(piece.begin(), piece.end(), [](uint8_t byte) { return byte == 0; })) {
        zeros += page;
      } else if (zeros == 0) {
        data += page;
      } else {
        break;
      }
    }
    if (data != 0) {
      if (hole_ != 0 && lseek(descriptor_, static_cast<off_t>(size_), SEEK_SET) < 0) {
        return SystemError("seeking failed");
      }
      LMZ_TRY(WriteAll(descriptor_, bytes.first(data)));
      hole_ = 0;
    }
    hole_ += zeros;
    size_ += data + zeros;
    bytes = bytes.subspan(data + zeros);
  }
  return OkStatus();
}

Status OutputFile::Commit() {
  return Finish().At(path_);
}

void OutputFile::Withdraw() {
  struct stat now = {};
  if (lstat(path_.c_str(), &now) == 0 && now.st_dev == committed_.st_dev &&
      now.st_ino == committed_.st_ino) {
    unlink(path_.c_str());
  }
}

Status OutputFile::Finish() {
  if (temporary_path_.empty()) return CloseDescriptor();
  if (hole_ != 0 && ftruncate(descriptor_, static_cast<off_t>(size_)) != 0) {
    return SystemError("writing failed");
  }
  CopyAttributes();
  // EINVAL and ENOTSUP: a file system without fsync.
  if (fsync(descriptor_) != 0 && errno != EINVAL && errno != ENOTSUP) {
    return SystemError("cannot be synced");
  }
  if (fstat(descriptor_, &committed_) != 0) return SystemError("cannot be examined");
  LMZ_TRY(CloseDescriptor());
  LMZ_TRY(MoveToName());
  return SyncDirectory(directory_);
}

// Best effort, as with cp -p: a file on a medium without owners or times is still a good copy. But
// nobody may gain access: without the group, its rights shrink to those that everybody has.
void OutputFile::CopyAttributes() const {
  [[maybe_unused]] int ignored = 0;
  if (!S_ISREG(input_.st_mode)) {
    ignored = fchmod(descriptor_, 0666 & ~Umask());
    return;
  }
  mode_t mode = input_.st_mode & 0777;
  ignored = fchown(descriptor_, input_.st_uid, static_cast<gid_t>(-1));
  if (fchown(descriptor_, static_cast<uid_t>(-1), input_.st_gid) != 0) {
    const mode_t shared = (mode >> 3) & mode & 07;
    mode = (mode & 0700) | shared << 3 | shared;
  }
  ignored = fchmod(descriptor_, mode);
  const struct timespec times[2] = {input_.st_atim, input_.st_mtim};
  ignored = futimens(descriptor_, times);
}

Status OutputFile::MoveToName() {
  const SignalsHeld held;
  const char* from = temporary_path_.c_str();
  int result =
      renameat2(AT_FDCWD, from, AT_FDCWD, path_.c_str(), rules_.may_replace ? 0 : RENAME_NOREPLACE);
  // A file system that does not know RENAME_NOREPLACE; Create has looked before.
  if (result != 0 && (errno == EINVAL || errno == ENOSYS)) result = rename(from, path_.c_str());
  if (result != 0)
    return errno == EEXIST ? AlreadyExists() : SystemError("cannot be given its final name");
  temporary_path_.clear();
  SetUnfinishedFile("");
  return OkStatus();
}

Status OutputFile::CloseDescriptor() {
  const int descriptor = descriptor_;
  descriptor_ = -1;
  return close(descriptor) == 0 || errno == EINTR ? OkStatus() : SystemError("closing failed");
}

Status WriteNewFile(const std::string& path, ByteSpan content, const OutputRules& rules,
                    const struct stat& source) {
  struct stat identity = {};
  identity.st_dev = source.st_dev;
  identity.st_ino = source.st_ino;
  LMZ_ASSIGN(const auto output, OutputFile::Create(path, identity, rules));
  LMZ_TRY(output->Write(content));
  return output->Commit();
}

}  // namespace lmz::cli
