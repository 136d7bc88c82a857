#include "device/cuda_library.h"

#include <dlfcn.h>

#include <filesystem>
#include <string>

#include "model/installed_folder.h"

namespace lmz {

namespace {

Result<const lmz_cuda_api*> Load() {
  const std::string path = PlaceOfInstalled(LMZ_CUDA_FROM_PROGRAM, LMZ_CUDA_FROM_LIBRARY);
  void* const library = path.empty() ? nullptr : dlopen(path.c_str(), RTLD_NOW | RTLD_LOCAL);
  if (library == nullptr) {
    return Status(Code::kIo, "there is no liblmz_cuda.so at '" + path + "'");
  }
  const auto get =
      reinterpret_cast<lmz_cuda_get_api_function>(dlsym(library, LMZ_CUDA_GET_API_NAME));
  const lmz_cuda_api* const api = get == nullptr ? nullptr : get(LMZ_CUDA_ABI_VERSION);
  if (api != nullptr) return api;
  return Status(Code::kIo, "'" + path + "' belongs to another version of lmz");
}

}  // namespace

Result<const lmz_cuda_api*> CudaLibrary() {
  static const Result<const lmz_cuda_api*> library = Load();
  return library;
}

}  // namespace lmz
