// The structure of lmz files as a table or as JSON.
#pragma once

#include <string>
#include <vector>

#include "stream/compress.h"

namespace lmz::cli {

struct ListedFile {
  std::string name;
  std::vector<FrameEntry> frames;
};

// One line for each file under a heading, a line of totals when there are several, and with
// `with_blocks` a line for each block below its file.
std::string ListTable(const std::vector<ListedFile>& files, bool with_blocks);

// An array with one object for each file; docs/cli.md describes it. Bytes of a name that are not
// UTF-8 are replaced.
std::string ListJson(const std::vector<ListedFile>& files);

}  // namespace lmz::cli
