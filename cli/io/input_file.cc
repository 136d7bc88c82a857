#include "cli/io/input_file.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <filesystem>

#include "cli/io/descriptor.h"
#include "cli/io/standard_streams.h"

namespace lmz::cli {

namespace {

constexpr size_t kRereadSize = size_t{1} << 20;

bool IsSameTime(const struct timespec& a, const struct timespec& b) {
  return a.tv_sec == b.tv_sec && a.tv_nsec == b.tv_nsec;
}

// pread that is not interrupted; less than asked at the end of the file, -1 on failure.
ssize_t ReadPart(int descriptor, MutableByteSpan buffer, off_t offset) {
  for (;;) {
    const ssize_t n = pread(descriptor, buffer.data(), buffer.size(), offset);
    if (n >= 0 || errno != EINTR) return n;
  }
}

}  // namespace

Result<std::unique_ptr<InputFile>> InputFile::Open(const std::string& path, Accept accept) {
  std::unique_ptr<InputFile> input(new InputFile(path));
  if (input->IsStdin()) accept = Accept::kAnyReadable;
  LMZ_TRY(input->OpenDescriptor(accept).At(input->name()));
  LMZ_TRY(input->Inspect(accept).At(input->name()));
  return input;
}

Status InputFile::OpenDescriptor(Accept accept) {
  if (IsStdin()) {
    if (WasClosed(STDIN_FILENO))
      return Refused("standard input is closed; redirect it, or name a file");
    descriptor_ = STDIN_FILENO;
    return OkStatus();
  }
  int flags = O_RDONLY | O_CLOEXEC | O_NOCTTY;
  // Opening a pipe without a writer must not block: it will be refused anyway.
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
    return Refused(IsStdin() ? "is a directory; pack it with tar -I lmz -cf DIR.tar.lmz DIR"
                             : "is a directory, skipped; use -r for the files in it, or pack it "
                               "with tar -I lmz -cf DIR.tar.lmz DIR");
  }
  if (!S_ISREG(attributes_.st_mode)) {
    if (accept == Accept::kRegular) {
      return Refused("is not a regular file, skipped; use -c or -f to read it anyway");
    }
    return OkStatus();
  }
  begin_ = std::max<off_t>(lseek(descriptor_, 0, SEEK_CUR), 0);
  if (attributes_.st_size > begin_ && IsSizeTrue(attributes_.st_size)) {
    size_ = static_cast<uint64_t>(attributes_.st_size - begin_);
  }
  return OkStatus();
}

// Some file systems report a size that is not the content's: a whole page, 0, or a stale value from
// a server. A size is trusted if there is a last byte and none behind it, or if the file is growing
// right now.
bool InputFile::IsSizeTrue(off_t size) const {
  uint8_t bytes[2];
  const ssize_t n = ReadPart(descriptor_, bytes, size - 1);
  return n == 1 || (n == 2 && HasGrownPast(size));
}

bool InputFile::HasGrownPast(off_t size) const {
  struct stat now = {};
  return fstat(descriptor_, &now) == 0 && now.st_size > size;
}

InputFile::~InputFile() {
  if (descriptor_ >= 0 && !IsStdin()) close(descriptor_);
}

Result<size_t> InputFile::Read(MutableByteSpan buffer) {
  Result<size_t> filled = ReadUpToSize(buffer);
  if (!filled.ok()) return filled.status().At(name());
  read_.Update(buffer.first(filled.value()));
  read_size_ += filled.value();
  return filled;
}

Status InputFile::ReadAt(uint64_t offset, MutableByteSpan buffer) const {
  while (!buffer.empty()) {
    const ssize_t n = ReadPart(descriptor_, buffer, begin_ + static_cast<off_t>(offset));
    if (n < 0) return SystemError("cannot be read").At(name());
    if (n == 0) return Refused("was truncated while it was read").At(name());
    buffer = buffer.subspan(static_cast<size_t>(n));
    offset += static_cast<uint64_t>(n);
  }
  return OkStatus();
}

Result<size_t> InputFile::ReadUpToSize(MutableByteSpan buffer) {
  if (size_) {
    const uint64_t left = *size_ - read_size_;
    buffer = buffer.first(static_cast<size_t>(std::min<uint64_t>(buffer.size(), left)));
  }
  LMZ_ASSIGN(const size_t filled, ReadFully(descriptor_, buffer));
  if (size_ && filled < buffer.size()) {
    return Refused("was truncated while it was read; try again when no program writes to it");
  }
  // A file of size 0 has content either because its size is wrong, as in /proc, or because data was
  // appended since it was opened, which must not be read.
  const bool was_empty = S_ISREG(attributes_.st_mode) && attributes_.st_size <= begin_;
  if (was_empty && read_size_ == 0 && filled != 0 && HasGrownPast(begin_)) {
    size_ = 0;
    return size_t{0};
  }
  return filled;
}

Result<InputFile::Change> InputFile::FindChange(bool always_by_content) {
  if (!S_ISREG(attributes_.st_mode)) return Change::kNone;
  Result<Change> change = Compare(always_by_content);
  if (!change.ok()) return change.status().At(name());
  return change;
}

Result<InputFile::Change> InputFile::Compare(bool always_by_content) const {
  LMZ_ASSIGN(const bool had_other_attributes, HasOtherAttributes());
  // Without a true size all was read that the file gave: it may wait for the next reader of it.
  const bool is_suspect = had_other_attributes || (size_ && HasMore());
  if (!is_suspect && !always_by_content) return Change::kNone;
  LMZ_ASSIGN(const bool still_holds, StillHoldsWhatWasRead());
  if (!still_holds) return Change::kOverwritten;
  // Once more, for reading takes time.
  LMZ_ASSIGN(const bool has_other_attributes, HasOtherAttributes());
  const bool may_have_more = size_ || has_other_attributes || always_by_content;
  if (may_have_more && HasMore()) return Change::kGrown;
  return has_other_attributes ? Change::kTouched : Change::kNone;
}

Result<bool> InputFile::HasOtherAttributes() const {
  struct stat now = {};
  if (fstat(descriptor_, &now) != 0) return SystemError("cannot be examined");
  return now.st_size != attributes_.st_size || !IsSameTime(now.st_mtim, attributes_.st_mtim) ||
         !IsSameTime(now.st_ctim, attributes_.st_ctim);
}

Result<bool> InputFile::StillHoldsWhatWasRead() const {
  Checksum64Stream found;
  Bytes buffer(static_cast<size_t>(std::min<uint64_t>(read_size_, kRereadSize)));
  for (uint64_t done = 0; done < read_size_;) {
    const auto piece = static_cast<size_t>(std::min<uint64_t>(read_size_ - done, buffer.size()));
    const ssize_t n = ReadPart(descriptor_, MutableByteSpan(buffer).first(piece),
                               begin_ + static_cast<off_t>(done));
    if (n < 0) return SystemError("cannot be read again to check for changes");
    if (n == 0) return false;
    found.Update(ByteSpan(buffer).first(static_cast<size_t>(n)));
    done += static_cast<uint64_t>(n);
  }
  return found.Digest() == read_.Digest();
}

bool InputFile::HasMore() const {
  uint8_t byte = 0;
  return ReadPart(descriptor_, MutableByteSpan(&byte, 1), begin_ + static_cast<off_t>(read_size_)) >
         0;
}

Status InputFile::CheckRemovable(bool links_allowed) const {
  struct stat name = {};
  if (lstat(path_.c_str(), &name) == 0 && S_ISLNK(name.st_mode)) {
    return Refused("is a symbolic link, which --rm does not remove; omit --rm").At(path_);
  }
  if (!S_ISREG(attributes_.st_mode)) {
    return Refused("is not a regular file, so --rm cannot remove it; omit --rm").At(path_);
  }
  if (attributes_.st_nlink > 1 && !links_allowed) {
    return Status(Code::kIo,
                  path_ + ": has " + std::to_string(attributes_.st_nlink) +
                      " hard links; --rm would remove only one and free no space; use -f to do "
                      "so, or omit --rm");
  }
  return OkStatus();
}

Status InputFile::CheckName() const {
  return ComparePath().At(name());
}

Status InputFile::RemoveName() {
  LMZ_TRY(CheckName());
  if (unlink(path_.c_str()) != 0) return SystemError("cannot be removed").At(name());
  return OkStatus();
}

Status InputFile::ComparePath() const {
  struct stat now = {};
  if (lstat(path_.c_str(), &now) != 0) return SystemError("cannot be removed");
  if (now.st_dev != attributes_.st_dev || now.st_ino != attributes_.st_ino) {
    return Refused("was replaced by another file while it was read; it was not removed");
  }
  return OkStatus();
}

Result<Bytes> ReadFileOrText(const std::string& text, uint64_t limit) {
  std::error_code error;
  if (text.empty() || !std::filesystem::is_regular_file(text, error)) {
    return Bytes(text.begin(), text.end());
  }
  LMZ_ASSIGN(const auto input, InputFile::Open(text, InputFile::Accept::kAnyReadable));
  Bytes content;
  LMZ_TRY(ReadGrowing(*input, limit, content));
  return content;
}

}  // namespace lmz::cli
