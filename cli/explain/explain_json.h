// Explanations as JSON: for other programs, and for the page.
#pragma once

#include <string>

#include "stream/explain/explanation.h"

namespace lmz::cli {

struct ExplainedFile {
  std::string name;
  bool is_compressed = false;  // the file itself; else what it would be compressed to
  const Explanation& explanation;
};

// What the long arrays of documents become.
enum class Arrays {
  kNumbers,
  kBase64,  // little-endian, of the width that the page expects
};

// One object; docs/cli.md describes it. Pure ASCII without "<": what comes from the file cannot end
// a script that it stands in. Bytes of names that are not UTF-8 are replaced.
std::string ExplanationJson(const ExplainedFile& file, Arrays arrays);

}  // namespace lmz::cli
