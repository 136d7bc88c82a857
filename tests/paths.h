// Where the files lie that tests read. Only tests/paths.cc is compiled anew where the sources stand
// in another folder, so that a compiler cache serves any checkout.
#pragma once

#include <string>
#include <string_view>

namespace lmz::testing {

// A file of the sources by its path there, for example "samples/opticks.txt".
std::string SourcePath(std::string_view path);

// The folder of the benchmark corpora, which are not part of the repository: what the environment
// variable LMZ_CORPORA says, else the build option of that name.
std::string CorporaFolder();

}  // namespace lmz::testing
