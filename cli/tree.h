// The files in folders, for --recursive.
#pragma once

#include <string>
#include <vector>

#include "cli/options.h"

namespace lmz {

// Appends `path` to `files`, or, when it is a folder, the regular files in it and its folders, in
// the order of their names. In a folder, names that do not fit are passed over: with the suffix
// when compressing, without it otherwise. Symbolic links in a folder are not followed. Errors: kIo;
// what could be read is appended.
Status AddTree(const std::string& path, const Options& options, std::vector<std::string>& files);

}  // namespace lmz
