#include "model/installed_folder.h"

#include <dlfcn.h>
#include <sys/auxv.h>

#include <filesystem>

namespace lmz {

namespace fs = std::filesystem;

namespace {

// Something that lies in the program or shared library of this code.
const char kHere = 0;

// The shared library that this code is part of, as it was loaded; empty: it is part of the program.
fs::path OwnLibrary() {
  Dl_info own = {};
  Dl_info program = {};
  if (dladdr(&kHere, &own) == 0 || own.dli_fname == nullptr) return {};
  // The program's own header lies in the program; its name would be what its starter made up.
  const auto* header = reinterpret_cast<const void*>(getauxval(AT_PHDR));
  if (dladdr(header, &program) != 0 && program.dli_fbase == own.dli_fbase) return {};
  return own.dli_fname;
}

}  // namespace

std::string PlaceOfInstalled(const char* from_program, const char* from_library) {
  const fs::path library = OwnLibrary();
  std::error_code error;
  const fs::path file = fs::canonical(library.empty() ? "/proc/self/exe" : library, error);
  if (error) return {};
  const char* way = library.empty() ? from_program : from_library;
  return (file.parent_path() / way).lexically_normal().string();
}

std::string InstalledModelFolder() {
  return PlaceOfInstalled(LMZ_MODELS_FROM_PROGRAM, LMZ_MODELS_FROM_LIBRARY);
}

}  // namespace lmz
