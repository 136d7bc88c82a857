// An input named on the command line: a file or standard input. All its errors name it.
#pragma once

#include <sys/stat.h>

#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "base/checksum.h"
#include "base/stream.h"

namespace lmz::cli {

class InputFile final : public Source {
 public:
  // Which inputs are acceptable.
  enum class Accept {
    kRegular,     // no symbolic links, no devices or pipes: lmz derives a new name from this one
    kAnyReadable  // whatever can be read
  };

  // What happened to a regular file since it was opened.
  enum class Change {
    kNone,
    kTouched,      // it holds what was read and nothing more, but its times or links changed
    kGrown,        // it holds what was read and more behind it
    kOverwritten,  // it no longer holds what was read
  };

  // Opens `path`; "-" is standard input and always acceptable. Errors: kIo, which includes inputs
  // that are not acceptable and directories.
  static Result<std::unique_ptr<InputFile>> Open(const std::string& path, Accept accept);
  ~InputFile() override;
  InputFile(const InputFile&) = delete;
  InputFile& operator=(const InputFile&) = delete;

  // Of a file with a known size: ends where the file ended when it was opened, whatever is appended
  // meanwhile. Errors: kIo, also when such a file ends earlier.
  Result<size_t> Read(MutableByteSpan buffer) override;

  // Fills `buffer` from `offset` on, counted from where reading began, whatever Read has given. For
  // files with a known size; offset + buffer.size() <= *size(). Errors: kIo.
  Status ReadAt(uint64_t offset, MutableByteSpan buffer) const;

  // How many bytes Read will give. Nothing for pipes, for empty files and for files whose size in
  // the file system is not that of their content (such as those of /proc and /sys).
  std::optional<uint64_t> size() const { return size_; }
  uint64_t read_size() const { return read_size_; }
  const struct stat& attributes() const { return attributes_; }
  // The path, or "(stdin)": how messages call it.
  std::string name() const { return IsStdin() ? "(stdin)" : path_; }

  // Compares the file with what was read: size, modification and status change times, and the
  // content when those differ or `always_by_content` is set. Pipes and devices never change. Call
  // after the last Read. Errors: kIo.
  Result<Change> FindChange(bool always_by_content);

  // Refuses what RemoveName would refuse, before any work, and, unless `links_allowed`, a file with
  // further hard links. Errors: kIo.
  Status CheckRemovable(bool links_allowed) const;

  // Whether the name still stands for the file that was read. Errors: kIo.
  Status CheckName() const;

  // Removes the name, provided it still stands for the file that was read. Errors: kIo.
  Status RemoveName();

 private:
  explicit InputFile(const std::string& path) : path_(path) {}
  Status OpenDescriptor(Accept accept);
  Status Inspect(Accept accept);
  bool IsSizeTrue(off_t size) const;
  bool HasGrownPast(off_t size) const;
  Result<size_t> ReadUpToSize(MutableByteSpan buffer);
  Result<bool> HasOtherAttributes() const;
  Result<bool> StillHoldsWhatWasRead() const;
  bool HasMore() const;
  Result<Change> Compare(bool always_by_content) const;
  Status ComparePath() const;
  bool IsStdin() const { return path_ == "-"; }

  std::string path_;
  int descriptor_ = -1;
  struct stat attributes_ = {};   // when it was opened
  off_t begin_ = 0;               // where reading began
  std::optional<uint64_t> size_;  // bytes from begin_ on
  uint64_t read_size_ = 0;
  Checksum64Stream read_;
};

// Of an option that takes a text or the name of a file with one: what the regular file of that name
// holds, or its first `limit` bytes; else the text itself. Errors: kIo.
Result<Bytes> ReadFileOrText(const std::string& text, uint64_t limit);

}  // namespace lmz::cli
