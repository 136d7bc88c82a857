#include "cli/tree.h"

#include <algorithm>
#include <filesystem>
#include <system_error>

namespace lmz::cli {

namespace fs = std::filesystem;

namespace {

Status CannotRead(const fs::path& directory, const std::error_code& error) {
  return Status(Code::kIo, directory.string() + ": cannot be read: " + error.message());
}

// Every directory is tried; the first failure is returned.
Status AddDirectory(const fs::path& directory, const Options& options,
                    std::vector<std::string>& files) {
  std::error_code error;
  std::vector<fs::directory_entry> entries;
  for (fs::directory_iterator it(directory, error), end; !error && it != end; it.increment(error)) {
    entries.push_back(*it);
  }
  Status first = error ? CannotRead(directory, error) : OkStatus();
  std::sort(entries.begin(), entries.end());
  for (const fs::directory_entry& entry : entries) {
    std::error_code ignored;
    const fs::file_type type = entry.symlink_status(ignored).type();
    const std::string name = entry.path().string();
    if (type == fs::file_type::directory) {
      const Status status = AddDirectory(entry.path(), options, files);
      if (first.ok()) first = status;
    } else if (type == fs::file_type::regular &&
               name.ends_with(options.suffix) != (options.mode == Mode::kCompress)) {
      files.push_back(name);
    }
  }
  return first;
}

}  // namespace

Status AddTree(const std::string& path, const Options& options, std::vector<std::string>& files) {
  std::error_code ignored;
  if (path == "-" || !fs::is_directory(fs::symlink_status(path, ignored))) {
    files.push_back(path);
    return OkStatus();
  }
  return AddDirectory(path, options, files);
}

}  // namespace lmz::cli
