#include "input.h"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>

#include "base/checksum.h"
#include "model/model_file.h"

namespace lmz::bench {

namespace fs = std::filesystem;

Result<Bytes> ReadFile(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  Bytes bytes((std::istreambuf_iterator<char>(in)), std::istreambuf_iterator<char>());
  if (!in) return Status(Code::kIo, path + ": cannot be read");
  return bytes;
}

Status WriteFile(const std::string& path, const std::string& text) {
  std::ofstream out(path, std::ios::binary | std::ios::trunc);
  out << text << std::flush;
  return out ? OkStatus() : Status(Code::kIo, path + ": cannot be written");
}

Result<std::vector<std::string>> FilesAt(const std::string& path) {
  std::error_code error;
  std::vector<std::string> files;
  if (fs::is_directory(path, error)) {
    for (fs::recursive_directory_iterator i(path, error), end; !error && i != end;
         i.increment(error)) {
      if (i->path().filename().string().starts_with('.')) {
        i.disable_recursion_pending();
      } else if (i->is_regular_file(error)) {
        files.push_back(i->path().string());
      }
    }
    std::sort(files.begin(), files.end());
  } else if (fs::is_regular_file(path, error)) {
    files.push_back(path);
  }
  if (files.empty()) return Status(Code::kIo, path + ": there is no file");
  return files;
}

std::string HashText(ByteSpan bytes) {
  return ModelIdText(Checksum128(bytes));
}

}  // namespace lmz::bench
