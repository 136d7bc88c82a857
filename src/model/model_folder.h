// The model files in a folder, which may hold anything else and may change at any time.
#pragma once

#include <string>
#include <vector>

#include "base/bytes.h"

namespace lmz {

struct FolderListing {
  std::vector<std::string> files;  // the paths of NAME.lmm, by name
  std::string trouble;             // why there may be more than these; empty: all are there
};

// The path of the file of the model `name` in `folder`.
std::string ModelPath(const std::string& folder, const std::string& name);

// The model files in `folder` by their names alone; none of them is opened. A folder that does not
// exist has none. Looks at a limited number of entries. May throw std::bad_alloc.
FolderListing ListModelFolder(const std::string& folder);

}  // namespace lmz
