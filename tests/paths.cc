#include "tests/paths.h"

#include <cstdlib>

namespace lmz::testing {

std::string SourcePath(std::string_view path) {
  return LMZ_SOURCE_DIR "/" + std::string(path);
}

std::string CorporaFolder() {
  const char* const environment = std::getenv("LMZ_CORPORA");
  return environment != nullptr ? environment : LMZ_CORPORA;
}

}  // namespace lmz::testing
