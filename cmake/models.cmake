# The models that are files beside the program and the library, which find them from their own place:
# an installed tree may be moved.
include(GNUInstallDirs)
set(LMZ_MODELS_DIR ${CMAKE_INSTALL_FULL_DATADIR}/lmz/models)
file(RELATIVE_PATH LMZ_MODELS_FROM_PROGRAM ${CMAKE_INSTALL_FULL_BINDIR} ${LMZ_MODELS_DIR})
file(RELATIVE_PATH LMZ_MODELS_FROM_LIBRARY ${CMAKE_INSTALL_FULL_LIBDIR} ${LMZ_MODELS_DIR})

set(LMZ_MODEL_FILES ${PROJECT_SOURCE_DIR}/models/large.lmm)
install(FILES ${LMZ_MODEL_FILES} DESTINATION ${CMAKE_INSTALL_DATADIR}/lmz/models COMPONENT models)

# lmz_link_models(FOLDER WAY): in the build, puts the models where what is built in FOLDER looks for
# them: at the relative path WAY.
function(lmz_link_models folder way)
  cmake_path(ABSOLUTE_PATH way BASE_DIRECTORY ${folder} NORMALIZE OUTPUT_VARIABLE models)
  cmake_path(IS_PREFIX PROJECT_BINARY_DIR ${models} is_inside)
  if(NOT is_inside)
    message(STATUS "Programs in the build folder do not find ${LMZ_MODEL_FILES}: installation "
                   "folders lie too far apart")
    return()
  endif()
  file(MAKE_DIRECTORY ${models})
  foreach(file IN LISTS LMZ_MODEL_FILES)
    cmake_path(GET file FILENAME name)
    file(CREATE_LINK ${file} ${models}/${name} SYMBOLIC)
  endforeach()
endfunction()
lmz_link_models(${PROJECT_BINARY_DIR}/cli ${LMZ_MODELS_FROM_PROGRAM})
lmz_link_models(${PROJECT_BINARY_DIR}/src/c_api ${LMZ_MODELS_FROM_LIBRARY})
