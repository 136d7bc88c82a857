// An input named on the command line: a file or standard input. All its errors name it.
#pragma once

#include <sys/stat.h>

#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "base/stream.h"

namespace lmz {

class InputFile final : public Source {
 public:
  // Which inputs are acceptable.
  enum class Accept {
    kRegular,     // no symbolic links, no devices or pipes: lmz derives a new name from this one
    kAnyReadable  // whatever can be read
  };

  // Opens `path`; "-" is standard input and always acceptable. Errors: kIo, which includes inputs
  // that are not acceptable and directories.
  static Result<std::unique_ptr<InputFile>> Open(const std::string& path, Accept accept);
  ~InputFile() override;
  InputFile(const InputFile&) = delete;
  InputFile& operator=(const InputFile&) = delete;

  Result<size_t> Read(MutableByteSpan buffer) override;

  // How many bytes were left when it was opened; nothing for pipes and for files that do not say
  // (such as those of /proc).
  std::optional<uint64_t> size() const { return size_; }
  const struct stat& attributes() const { return attributes_; }
  // The path, or "(stdin)": how messages call it.
  std::string name() const { return IsStdin() ? "(stdin)" : path_; }

  // Removes the name, provided it still stands for the file that was read. Errors: kIo.
  Status RemoveName();

 private:
  explicit InputFile(const std::string& path) : path_(path) {}
  Status OpenDescriptor(Accept accept);
  Status Inspect(Accept accept);
  Status Unlink() const;
  bool IsStdin() const { return path_ == "-"; }

  std::string path_;
  int descriptor_ = -1;
  struct stat attributes_ = {};
  std::optional<uint64_t> size_;
};

}  // namespace lmz
