// The benchmark corpora, for tests that want real data (tests/paths.h says where they are).
#pragma once

#include <fstream>
#include <iterator>
#include <optional>
#include <string>

#include "base/bytes.h"
#include "tests/paths.h"

namespace lmz {

// The content of any file, nothing if it cannot be read.
inline std::optional<Bytes> ReadTestFile(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) return std::nullopt;
  return Bytes(std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>());
}

// A file of the corpora by its path there, for example "text/canterbury/alice29.txt".
inline std::optional<Bytes> ReadCorpusFile(const std::string& path) {
  return ReadTestFile(testing::CorporaFolder() + "/" + path);
}

}  // namespace lmz
