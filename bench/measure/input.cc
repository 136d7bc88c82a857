#include "bench/measure/input.h"

#include <algorithm>
#include <filesystem>
#include <fstream>

#include "base/checksum.h"
#include "model/model_file.h"

namespace lmz::bench {

namespace fs = std::filesystem;

Result<Bytes> ReadFile(const std::string& path) {
  // A folder can be opened but not read; read() tells so where an iterator of the buffer throws.
  std::ifstream in(path, std::ios::binary);
  Bytes bytes;
  char block[1 << 16];
  while (in.read(block, sizeof block) || in.gcount() > 0) {
    bytes.insert(bytes.end(), block, block + in.gcount());
  }
  if (!in.eof()) return Status(Code::kIo, path + ": cannot be read");
  return bytes;
}

Status WriteFile(const std::string& path, const std::string& text) {
  std::ofstream out(path, std::ios::binary | std::ios::trunc);
  out << text << std::flush;
  return out ? OkStatus() : Status(Code::kIo, path + ": cannot be written");
}

Status ReplaceFile(const std::string& path, const std::string& text) {
  std::error_code error;
  const fs::path file = fs::canonical(path, error);  // a link to it stays one
  if (error) return Status(Code::kIo, path + ": cannot be found: " + error.message());
  const fs::path beside = file.string() + ".new";
  const Status status = WriteFile(beside.string(), text);
  if (status.ok()) {
    fs::permissions(beside, fs::status(file, error).permissions(), error);
    if (!error) fs::rename(beside, file, error);
    if (!error) return status;
  }
  std::error_code ignored;
  fs::remove(beside, ignored);
  return status.ok() ? Status(Code::kIo, path + ": cannot be replaced: " + error.message())
                     : status;
}

namespace {

// All that is there or a failure: what cannot be read is not left out without a word.
Result<std::vector<std::string>> FilesBelow(const std::string& folder) {
  std::error_code error;
  std::vector<std::string> files;
  std::string last = folder;
  for (fs::recursive_directory_iterator i(folder, error), end; !error && i != end;
       i.increment(error)) {
    last = i->path().string();
    if (i->path().filename().string().starts_with('.')) {
      i.disable_recursion_pending();
      continue;
    }
    const fs::file_type type = i->status(error).type();  // not_found: a link to nothing
    if (type == fs::file_type::none || type == fs::file_type::unknown) break;
    if (type == fs::file_type::regular) files.push_back(last);
  }
  if (error) return Status(Code::kIo, last + ": cannot be read: " + error.message());
  std::sort(files.begin(), files.end());
  return files;
}

}  // namespace

Result<std::vector<std::string>> FilesAt(const std::string& path) {
  std::error_code error;
  std::vector<std::string> files;
  if (fs::is_directory(path, error)) {
    LMZ_ASSIGN(files, FilesBelow(path));
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
