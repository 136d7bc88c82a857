#include "cli/name_list.h"

#include <algorithm>
#include <memory>

#include "cli/io/input_file.h"
#include "cli/show/report.h"

namespace lmz::cli {

Status ReadNameList(const NameList& list, std::vector<std::string>& files) {
  LMZ_ASSIGN(const std::unique_ptr<InputFile> input,
             InputFile::Open(list.path, InputFile::Accept::kAnyReadable));
  Bytes bytes;
  LMZ_TRY(ReadGrowing(*input, UINT64_MAX, bytes));
  for (auto begin = bytes.begin(); begin != bytes.end();) {
    const auto end = std::find(begin, bytes.end(), static_cast<uint8_t>(list.end));
    const std::string name(begin, end);
    if (!name.empty()) files.push_back(name == "-" ? "./-" : name);
    begin = end == bytes.end() ? end : end + 1;
  }
  return OkStatus();
}

std::vector<std::string> NamedFiles(const Options& options, ExitCode& worst) {
  std::vector<std::string> files = options.files;
  for (const NameList& list : options.lists) {
    worst = std::max(worst, Report(ReadNameList(list, files), options.silent));
  }
  return files;
}

}  // namespace lmz::cli
