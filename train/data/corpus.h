// The bytes to learn from and those to judge by.
#pragma once

#include <string>
#include <vector>

#include "base/bytes.h"
#include "base/status.h"

namespace lmz::train {

struct Corpus {
  Bytes training;
  Bytes validation;  // stretches of the data that are not in `training`, unless given separately
};

// Less than this is no training data.
inline constexpr size_t kLeastTrainingSize = size_t{16} << 10;

// The files that `paths` name, sorted, each once: files, folders (everything below them) and shell
// patterns. Errors: kIo for a path that matches nothing, with its name.
Result<std::vector<std::string>> FindFiles(const std::vector<std::string>& paths);

// Reads the files below `training_paths`, those of a path that is named twice two times; each ends
// with a zero byte, as documents do in training data. Where `validation_paths` is empty, one
// fiftieth, at most 2 MiB, is set aside in up to 32 stretches. Errors: kIo for unreadable paths;
// kInvalidArgument for too little data.
Result<Corpus> ReadCorpus(const std::vector<std::string>& training_paths,
                          const std::vector<std::string>& validation_paths);

// Of both parts, to find out whether a corpus is still the same.
uint64_t ChecksumOf(const Corpus& corpus);

}  // namespace lmz::train
