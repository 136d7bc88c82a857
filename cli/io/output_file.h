// An output file that appears under its name complete or not at all.
//
// All its errors name the output. The bytes go to a file in the same directory that has no name yet
// or, where the file system cannot do that, a temporary one; Commit gives it the input's mode,
// owner and times, syncs it and gives it its name. Devices and pipes are written in place.
#pragma once

#include <sys/stat.h>

#include <memory>
#include <string>

#include "base/stream.h"

namespace lmz::cli {

struct OutputRules {
  bool may_replace = false;  // an existing file may be replaced
  // The user wrote this very name (-o): a symbolic link is followed, a device or pipe written in
  // place. A name that lmz derived from the input's follows neither.
  bool is_chosen = false;
  bool terminal_ok = true;    // may be a terminal
  bool sparse = true;         // runs of zeros become holes of a regular file
  bool must_be_file = false;  // may not be a device or pipe: the input is going to be removed
};

class OutputFile final : public Sink {
 public:
  // Prepares writing `path` from an input with these attributes. Errors: kIo, which includes that
  // the rules forbid it and that it is the input itself.
  static Result<std::unique_ptr<OutputFile>> Create(const std::string& path,
                                                    const struct stat& input,
                                                    const OutputRules& rules);
  // Without Commit, removes the output.
  ~OutputFile() override;
  OutputFile(const OutputFile&) = delete;
  OutputFile& operator=(const OutputFile&) = delete;

  Status Write(ByteSpan bytes) override;

  // Gives the output its name and syncs it. Call once. Errors: kIo.
  Status Commit();

  // Removes the output again after Commit, unless something else has taken its name.
  void Withdraw();

  const std::string& path() const { return path_; }

 private:
  OutputFile(std::string path, const struct stat& input, const OutputRules& rules);
  static Result<std::unique_ptr<OutputFile>> Prepare(const std::string& path,
                                                     const struct stat& input,
                                                     const OutputRules& rules);
  Status Finish();
  Status WriteWithHoles(ByteSpan bytes);
  Status OpenInPlace();
  Status OpenTemporary();
  Status OpenNamed();
  void CopyAttributes() const;
  std::string OwnLink() const;
  Status TakeName();
  Status LinkTemporary();
  Status MoveToName();
  Status CloseDescriptor();

  std::string path_;
  std::string directory_;       // with a slash at its end
  std::string temporary_path_;  // empty while the output has no name, or its own
  bool is_in_place_ = false;
  struct stat input_;
  struct stat committed_ = {};  // the output's own, for Withdraw
  OutputRules rules_;
  int descriptor_ = -1;
  uint64_t size_ = 0;  // bytes written so far, with holes
  uint64_t hole_ = 0;  // of them at the end: zeros that were only skipped
};

// Writes a whole file, which takes over no attributes. Errors: kIo, which includes that it is the
// file with the attributes `source`.
Status WriteNewFile(const std::string& path, ByteSpan content, const OutputRules& rules,
                    const struct stat& source = {});

}  // namespace lmz::cli
