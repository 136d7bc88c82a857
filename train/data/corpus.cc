#include "train/data/corpus.h"

#include <glob.h>

#include <algorithm>
#include <filesystem>
#include <set>
#include <system_error>

#include "base/checksum.h"
#include "train/data/file.h"

namespace lmz::train {

namespace {

namespace fs = std::filesystem;

constexpr size_t kValidationShare = 50;
constexpr size_t kMostValidation = size_t{2} << 20;
constexpr size_t kMostStretches = 32;
constexpr size_t kLeastStretch = 4096;

Status AddFolder(const std::string& path, std::set<std::string>& files) {
  std::error_code error;
  for (fs::recursive_directory_iterator at(path, error), end; !error && at != end;
       at.increment(error)) {
    if (at->is_regular_file(error)) files.insert(at->path().string());
  }
  return error ? Status(Code::kIo, "cannot read the directory " + path + ": " + error.message())
               : OkStatus();
}

std::vector<std::string> Glob(const std::string& pattern) {
  glob_t found{};
  std::vector<std::string> paths;
  if (glob(pattern.c_str(), 0, nullptr, &found) == 0) {
    paths.assign(found.gl_pathv, found.gl_pathv + found.gl_pathc);
  }
  globfree(&found);
  return paths;
}

Result<Bytes> ReadAll(const std::vector<std::string>& paths) {
  Bytes all;
  for (const std::string& path : paths) {
    LMZ_ASSIGN(const std::vector<std::string> files, FindFiles({path}));
    for (const std::string& file : files) {
      LMZ_ASSIGN(const Bytes bytes, ReadWholeFile(file));
      all.insert(all.end(), bytes.begin(), bytes.end());
      if (!all.empty() && all.back() != 0) all.push_back(0);
    }
  }
  return all;
}

// Evenly spaced stretches go to `validation`, the rest to `training`.
void Split(const Bytes& all, Corpus& corpus) {
  const size_t wanted = std::min(kMostValidation, all.size() / kValidationShare);
  const size_t stretches = std::clamp<size_t>(wanted / kLeastStretch, 1, kMostStretches);
  const size_t stretch = wanted / stretches, period = all.size() / stretches;
  for (size_t i = 0; i < stretches; ++i) {
    const auto begin = all.begin() + static_cast<ptrdiff_t>(i * period);
    const auto cut = begin + static_cast<ptrdiff_t>(period - stretch);
    const auto end = i + 1 == stretches ? all.end() : begin + static_cast<ptrdiff_t>(period);
    corpus.training.insert(corpus.training.end(), begin, cut);
    corpus.validation.insert(corpus.validation.end(), cut, end);
  }
}

}  // namespace

Result<std::vector<std::string>> FindFiles(const std::vector<std::string>& paths) {
  std::set<std::string> files;
  for (const std::string& path : paths) {
    std::error_code error;
    const bool exists = fs::exists(path, error);
    const std::vector<std::string> matches = exists ? std::vector{path} : Glob(path);
    if (matches.empty()) return Status(Code::kIo, "no file, directory or match for " + path);
    for (const std::string& match : matches) {
      if (fs::is_directory(match, error)) {
        LMZ_TRY(AddFolder(match, files));
      } else {
        files.insert(match);
      }
    }
  }
  return std::vector<std::string>(files.begin(), files.end());
}

Result<Corpus> ReadCorpus(const std::vector<std::string>& training_paths,
                          const std::vector<std::string>& validation_paths) {
  Corpus corpus;
  LMZ_ASSIGN(Bytes all, ReadAll(training_paths));
  if (all.size() < kLeastTrainingSize) {
    return Status(Code::kInvalidArgument,
                  "too little training data: " + std::to_string(all.size()) + " bytes, at least " +
                      std::to_string(kLeastTrainingSize) + " are needed");
  }
  if (validation_paths.empty()) {
    Split(all, corpus);
    return corpus;
  }
  corpus.training = std::move(all);
  LMZ_ASSIGN(corpus.validation, ReadAll(validation_paths));
  if (corpus.validation.empty()) {
    return Status(Code::kInvalidArgument, "the validation data is empty");
  }
  return corpus;
}

uint64_t ChecksumOf(const Corpus& corpus) {
  return Checksum64(corpus.training) ^ Checksum64(corpus.validation) << 1;
}

}  // namespace lmz::train
