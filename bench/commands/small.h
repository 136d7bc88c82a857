// `lmz-bench small`: many small files, where starting costs more than coding.
#pragma once

#include <string>
#include <vector>

#include "base/status.h"

namespace lmz::bench {

struct SmallOptions {
  std::vector<std::string> paths;  // files and folders to take the pieces from
  std::string lmz;                 // the program; empty: as FindLmz
  int level = 0;
  size_t count = 1000;  // 2 .. 10000
  int runs = 3;         // the fastest counts
  std::string into;     // the document with the section; empty: standard output
  std::string section = "small";
};

// Times lmz on pieces of 1,024 bytes, all in one process and in a process for each, and
// restores and compares them.
Status RunSmall(const SmallOptions& options);

}  // namespace lmz::bench
