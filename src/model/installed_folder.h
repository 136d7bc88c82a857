// Where models are that were installed with lmz but are not part of it.
#pragma once

#include <string>

namespace lmz {

// The folder of installed models, which need not exist: found from the place of the program or
// shared library that this code is part of, as the build's installation folders lie to each other,
// so that an installed tree can be moved. Empty when the system does not say where that is. Reads
// no environment. May throw std::bad_alloc.
std::string InstalledModelFolder();

// The place of something else that was installed with lmz: `from_program` or `from_library` goes
// there from the folder of the program or of the shared library. As InstalledModelFolder otherwise.
std::string PlaceOfInstalled(const char* from_program, const char* from_library);

}  // namespace lmz
