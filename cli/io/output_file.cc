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
constexpr const char* kNoFinalName = "cannot be given its final name";

Status AlreadyExists() {
  return Refused("already exists; use -f to replace it");
}

mode_t Umask() {
  const mode_t mask = umask(0);
  umask(mask);
  return mask;
}

// Six characters, which those of mkostemp may be, too.
std::string TemporarySuffix(uint64_t number) {
  std::string suffix(6, '0');
  for (char& c : suffix) {
    c = "0123456789abcdefghijklmnopqrstuvwxyz"[number % 36];
    number /= 36;
  }
  return suffix;
}

// Moves a file to a name that must be free. False, and errno says why, when it cannot.
bool MoveToFreeName(const char* from, const char* to) {
  if (renameat2(AT_FDCWD, from, AT_FDCWD, to, RENAME_NOREPLACE) == 0) return true;
  if (errno != EINVAL && errno != ENOSYS) return false;
  // A file system that does not know RENAME_NOREPLACE, such as NFS. A link replaces nothing either.
  if (link(from, to) == 0) {
    unlink(from);
    return true;
  }
  if (errno == EEXIST) return false;
  // It has no links: what is replaced then is an empty file that was made for it.
  const int claim = open(to, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
  if (claim < 0) return false;
  close(claim);
  if (rename(from, to) == 0) return true;
  const int reason = errno;
  unlink(to);
  errno = reason;
  return false;
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
  is_in_place_ = true;
  if (!rules_.terminal_ok && isatty(descriptor_) == 1) {
    return Refused("is a terminal; use -f to write compressed data to it anyway");
  }
  return OkStatus();
}

// Without a name, so that nothing is left when the process is killed, where the file system can do
// that and /proc, by which the file is named in the end, is there.
Status OutputFile::OpenTemporary() {
  descriptor_ = open(directory_.c_str(), O_TMPFILE | O_WRONLY | O_CLOEXEC, 0600);
  if (descriptor_ < 0) return OpenNamed();
  if (access(OwnLink().c_str(), F_OK) == 0) return OkStatus();
  close(descriptor_);
  return OpenNamed();
}

Status OutputFile::OpenNamed() {
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
  const bool with_holes = rules_.sparse && !is_in_place_;
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
  if (is_in_place_) return CloseDescriptor();
  if (hole_ != 0 && ftruncate(descriptor_, static_cast<off_t>(size_)) != 0) {
    return SystemError("writing failed");
  }
  CopyAttributes();
  // EINVAL and ENOTSUP: a file system without fsync.
  if (fsync(descriptor_) != 0 && errno != EINVAL && errno != ENOTSUP) {
    return SystemError("cannot be synced");
  }
  if (fstat(descriptor_, &committed_) != 0) return SystemError("cannot be examined");
  LMZ_TRY(TakeName());
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

// How to reach the open file without a name.
std::string OutputFile::OwnLink() const {
  return "/proc/self/fd/" + std::to_string(descriptor_);
}

Status OutputFile::TakeName() {
  const SignalsHeld held;
  if (temporary_path_.empty()) {
    if (linkat(AT_FDCWD, OwnLink().c_str(), AT_FDCWD, path_.c_str(), AT_SYMLINK_FOLLOW) == 0) {
      const Status closed = CloseDescriptor();
      if (!closed.ok()) Withdraw();
      return closed;
    }
    if (errno != EEXIST) return SystemError(kNoFinalName);
    if (!rules_.may_replace) return AlreadyExists();
    LMZ_TRY(LinkTemporary());
  }
  LMZ_TRY(CloseDescriptor());
  return MoveToName();
}

// Gives a file without a name a temporary one, since only files with a name can replace others.
Status OutputFile::LinkTemporary() {
  constexpr int kTries = 100;
  for (uint64_t i = 0; i < kTries; ++i) {
    const std::string name = directory_ + ".lmz-" + TemporarySuffix(committed_.st_ino + i);
    if (linkat(AT_FDCWD, OwnLink().c_str(), AT_FDCWD, name.c_str(), AT_SYMLINK_FOLLOW) == 0) {
      temporary_path_ = name;
      SetUnfinishedFile(name);
      return OkStatus();
    }
    if (errno != EEXIST) break;
  }
  return SystemError(kNoFinalName);
}

Status OutputFile::MoveToName() {
  const char* const from = temporary_path_.c_str();
  const bool is_moved =
      rules_.may_replace ? rename(from, path_.c_str()) == 0 : MoveToFreeName(from, path_.c_str());
  if (!is_moved) return errno == EEXIST ? AlreadyExists() : SystemError(kNoFinalName);
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
