#include "bench/report/outputs.h"

#include <unistd.h>

#include <filesystem>

#include "bench/measure/input.h"
#include "bench/report/markdown.h"
#include "bench/report/plot.h"

namespace lmz::bench {

namespace fs = std::filesystem;

namespace {

Status CheckWritable(const std::string& path) {
  if (path.empty()) return OkStatus();
  std::error_code error;
  const fs::file_status status = fs::status(path, error);
  if (fs::is_directory(status)) return Status(Code::kIo, path + ": is a folder, not a file");
  const fs::path folder = fs::path(path).has_parent_path() ? fs::path(path).parent_path() : ".";
  if (!fs::is_directory(folder, error)) {
    return Status(Code::kIo, path + ": there is no folder " + folder.string());
  }
  const bool can_write = fs::exists(status) ? access(path.c_str(), W_OK) == 0
                                            : access(folder.c_str(), W_OK | X_OK) == 0;
  return can_write ? OkStatus() : Status(Code::kIo, path + ": cannot be written");
}

Status CheckSection(const std::string& into, const std::string& section) {
  if (into.empty()) return OkStatus();
  LMZ_ASSIGN(const Bytes file, ReadFile(into));
  std::error_code error;
  const fs::path folder = fs::canonical(into, error).parent_path();
  if (error || access(folder.c_str(), W_OK | X_OK) != 0) {
    return Status(Code::kIo, into + ": cannot be replaced, for its folder cannot be written");
  }
  return ReplaceSection({file.begin(), file.end()}, section, "").status().At(into);
}

}  // namespace

Status CheckOutputs(const Outputs& outputs) {
  LMZ_TRY(CheckSection(outputs.into, outputs.section));
  for (const std::string& path : {outputs.into, outputs.csv, outputs.json, outputs.svg}) {
    LMZ_TRY(CheckWritable(path));
  }
  return outputs.svg.empty() ? OkStatus() : CheckPlotter();
}

Status WriteIfNamed(const std::string& path, const std::string& text) {
  return path.empty() ? OkStatus() : WriteFile(path, text);
}

Status FirstFailure(std::initializer_list<Status> all) {
  for (const Status& status : all) {
    if (!status.ok()) return status;
  }
  return OkStatus();
}

}  // namespace lmz::bench
