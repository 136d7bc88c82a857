// The benchmark corpora, for tests that want real data. They are not part of the repository: the
// build option LMZ_CORPORA, or the environment variable of that name, says where they are.
#pragma once

#include <cstdlib>
#include <fstream>
#include <iterator>
#include <optional>
#include <string>

#include "base/bytes.h"

namespace lmz {

// The content of any file, nothing if it cannot be read.
inline std::optional<Bytes> ReadTestFile(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) return std::nullopt;
  return Bytes(std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>());
}

// A file of the corpora by its path there, for example "text/canterbury/alice29.txt".
inline std::optional<Bytes> ReadCorpusFile(const std::string& path) {
  const char* const environment = std::getenv("LMZ_CORPORA");
  const std::string root = environment != nullptr ? environment : LMZ_CORPORA;
  return ReadTestFile(root + "/" + path);
}

}  // namespace lmz
