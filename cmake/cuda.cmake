# The library for NVIDIA GPUs, a file beside the program and the library, which find it from their own
# place as they find models. Without CUDA's compiler it is left out, and nothing else changes.
option(LMZ_CUDA "Build liblmz_cuda.so where CUDA's compiler is found" ON)
set(LMZ_CUDA_ARCHITECTURES "80-virtual;90-real" CACHE STRING "GPUs that it has machine code for")
include(GNUInstallDirs)
set(LMZ_CUDA_FILE ${CMAKE_INSTALL_FULL_LIBDIR}/liblmz_cuda.so)
file(RELATIVE_PATH LMZ_CUDA_FROM_PROGRAM ${CMAKE_INSTALL_FULL_BINDIR} ${LMZ_CUDA_FILE})
file(RELATIVE_PATH LMZ_CUDA_FROM_LIBRARY ${CMAKE_INSTALL_FULL_LIBDIR} ${LMZ_CUDA_FILE})
# The build's programs lie in one folder of the build, as installed ones do.
cmake_path(ABSOLUTE_PATH LMZ_CUDA_FROM_PROGRAM BASE_DIRECTORY ${PROJECT_BINARY_DIR}/cli NORMALIZE
           OUTPUT_VARIABLE built)
cmake_path(GET built PARENT_PATH LMZ_CUDA_BUILD_FOLDER)

if(LMZ_CUDA AND CMAKE_CROSSCOMPILING)
  set(LMZ_CUDA OFF)
endif()
if(LMZ_CUDA)
  include(CheckLanguage)
  check_language(CUDA)
  if(CMAKE_CUDA_COMPILER)
    if(NOT CMAKE_CUDA_ARCHITECTURES)
      set(CMAKE_CUDA_ARCHITECTURES OFF)
    endif()
    enable_language(CUDA)
  else()
    message(STATUS "liblmz_cuda.so is left out: there is no CUDA compiler")
    set(LMZ_CUDA OFF)
  endif()
endif()
