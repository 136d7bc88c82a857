# The library is one CMake library per layer, so that the linker holds the layer arrow
# (docs/architecture.md), and so do the tests: those of a layer see that layer and those below it.
include(GoogleTest)

set(LMZ_CORPORA "${PROJECT_SOURCE_DIR}/../shared/corpora" CACHE PATH
    "Benchmark corpora; tests that need them are skipped where they are absent")

set(LMZ_FEWER_CHECKS)
if(LMZ_SANITIZE MATCHES address AND LMZ_SANITIZE MATCHES undefined)
  # In inlined vector operations these checks take most of the compiler's time. Accesses
  # out of bounds are the address sanitizer's matter; the library and its portable kernels keep them.
  set(LMZ_FEWER_CHECKS -fno-sanitize=null,alignment,object-size,pointer-overflow)
endif()

# lmz_precompile(TARGET GROUP [HEADER...]): with LMZ_PRECOMPILE, TARGET gets the headers below and
# HEADERs precompiled, once for all targets of GROUP, which have the same compiler flags.
set(LMZ_COMMON_HEADERS <algorithm> <array> <cstdint> <cstring> <functional> <memory> <optional> <span>
    <string> <utility> <vector>)
function(lmz_precompile target group)
  if(NOT LMZ_PRECOMPILE)
    return()
  endif()
  get_property(first GLOBAL PROPERTY LMZ_PRECOMPILED_${group})
  if(first)
    target_precompile_headers(${target} REUSE_FROM ${first})
    return()
  endif()
  list(TRANSFORM ARGN REPLACE ".+" "<\\0>" OUTPUT_VARIABLE others)
  target_precompile_headers(${target} PRIVATE ${LMZ_COMMON_HEADERS} ${others})
  set_property(GLOBAL PROPERTY LMZ_PRECOMPILED_${group} ${target})
endfunction()

# Tests are optimised little, which is a quarter less for the compiler, and under sanitizers not at all,
# without the checks of undefined behaviour, which is half of it. What they call is compiled as ever.
add_library(lmz_test_flags INTERFACE)
target_compile_options(lmz_test_flags INTERFACE -O1)
if(LMZ_SANITIZE)
  target_compile_options(lmz_test_flags INTERFACE -O0 -fno-sanitize=undefined)
endif()

# For a test that links lmz_flags, behind which its own stand: those, and GoogleTest precompiled.
function(lmz_precompile_test target)
  target_link_libraries(${target} PRIVATE lmz_test_flags)
  lmz_precompile(${target} TESTS gtest/gtest.h)
endfunction()

# Where tests find files, the one thing in them that depends on the folder of the sources.
add_library(lmz_test_paths STATIC EXCLUDE_FROM_ALL ${PROJECT_SOURCE_DIR}/tests/paths.cc)
target_include_directories(lmz_test_paths PUBLIC ${PROJECT_SOURCE_DIR})
target_compile_definitions(lmz_test_paths PRIVATE LMZ_CORPORA="${LMZ_CORPORA}"
                           LMZ_SOURCE_DIR="${PROJECT_SOURCE_DIR}")
target_link_libraries(lmz_test_paths PRIVATE lmz_flags)

# lmz_test(TARGET LIBRARIES SOURCE...): a GoogleTest program that links LIBRARIES (a list).
function(lmz_test target libraries)
  add_executable(${target} ${ARGN})
  target_link_libraries(${target} PRIVATE ${libraries} lmz_test_paths lmz_flags GTest::gtest_main)
  lmz_precompile_test(${target})
  set_target_properties(${target} PROPERTIES
                        RUNTIME_OUTPUT_DIRECTORY ${PROJECT_BINARY_DIR}/tests)
  # The threads of libtorch wait for each other busily, which takes minutes beside other tests.
  gtest_discover_tests(${target} DISCOVERY_TIMEOUT 60 PROPERTIES ENVIRONMENT OMP_NUM_THREADS=1)
endfunction()

# lmz_tests_beside(LIBRARIES): every *_test.cc in this folder and below is a test of LIBRARIES. Those
# of one folder are one program, named by its path: src/codec/text/*_test.cc make codec_text_tests.
function(lmz_tests_beside libraries)
  if(NOT LMZ_BUILD_TESTS)
    return()
  endif()
  file(GLOB_RECURSE sources CONFIGURE_DEPENDS ${CMAKE_CURRENT_SOURCE_DIR}/*_test.cc)
  set(targets)
  foreach(source IN LISTS sources)
    cmake_path(GET source PARENT_PATH folder)
    file(RELATIVE_PATH target ${PROJECT_SOURCE_DIR} ${folder})
    string(REGEX REPLACE "^src/" "" target ${target})
    string(REPLACE "/" "_" target ${target})
    list(APPEND targets ${target})
    list(APPEND sources_of_${target} ${source})
  endforeach()
  list(REMOVE_DUPLICATES targets)
  foreach(target IN LISTS targets)
    lmz_test(${target}_tests "${libraries}" ${sources_of_${target}})
  endforeach()
endfunction()

# lmz_layer(NAME [TOOLS] [SOURCES file...] [BELOW layer...]): the library lmz_NAME of this folder;
# with TOOLS one that is for programs only, no part of the library that users link.
function(lmz_layer name)
  cmake_parse_arguments(LAYER "TOOLS" "" "SOURCES;BELOW" ${ARGN})
  add_library(lmz_${name} STATIC ${LAYER_SOURCES})
  target_include_directories(lmz_${name} PUBLIC ${PROJECT_SOURCE_DIR}/src)
  list(TRANSFORM LAYER_BELOW PREPEND lmz_)
  target_link_libraries(lmz_${name} PUBLIC ${LAYER_BELOW} lmz_flags)
  lmz_precompile(lmz_${name} LIBRARY)
  if(NOT LAYER_TOOLS)
    set_property(GLOBAL APPEND PROPERTY LMZ_LAYERS lmz_${name})
  endif()
endfunction()

# Kernels for one instruction set each: compiled for it, called only where the CPU has it. All are
# optimised in every kind of build, so that tests of whole models stay quick.
set(LMZ_KERNEL_FLAGS -O3)
if(CMAKE_SYSTEM_PROCESSOR MATCHES "x86_64|AMD64")
  set(LMZ_FLAGS_sse4 -mssse3 -msse4.1)
  set(LMZ_FLAGS_avx2 -mavx2)
  set(LMZ_FLAGS_avxvnni -mavx2 -mavxvnni)
  set(LMZ_FLAGS_avx512 -mavx512f -mavx512bw -mavx512vl -mavx512dq -mavx512cd -mavx512vnni
      -mprefer-vector-width=512)
  if(CMAKE_CXX_COMPILER_ID STREQUAL GNU)
    # GCC 12 takes the deliberately undefined vectors inside its own intrinsics for a mistake.
    list(APPEND LMZ_FLAGS_avx512 -Wno-uninitialized -Wno-maybe-uninitialized)
  endif()
  set(LMZ_FLAGS_amx ${LMZ_FLAGS_avx512} -mamx-tile -mamx-int8)
  set(LMZ_ISAS sse4 avx2 avxvnni avx512 amx)
elseif(CMAKE_SYSTEM_PROCESSOR MATCHES "aarch64|arm64")
  set(LMZ_FLAGS_neon)
  set(LMZ_FLAGS_neondot -march=armv8.2-a+dotprod)
  set(LMZ_ISAS neon neondot)
endif()
# lmz_kernels(LAYER STEM [ISA...]): adds STEM_scalar.cc, and STEM_ISA.cc for each of the instruction
# sets that this architecture has, to the library of LAYER. The global property LMZ_KERNEL_BUILDS has
# the names of all such files: tests compare it with what the library and its lists hold.
function(lmz_kernels layer stem)
  cmake_path(GET stem FILENAME name)
  set(LMZ_FLAGS_scalar)
  foreach(isa IN ITEMS scalar ${ARGN})
    if(isa STREQUAL scalar)
      set(checks)
    elseif(isa IN_LIST LMZ_ISAS)
      set(checks ${LMZ_FEWER_CHECKS})
    else()
      continue()
    endif()
    target_sources(lmz_${layer} PRIVATE ${stem}_${isa}.cc)
    set_source_files_properties(${stem}_${isa}.cc PROPERTIES
      COMPILE_OPTIONS "${LMZ_KERNEL_FLAGS};${checks};${LMZ_FLAGS_${isa}}"
      SKIP_PRECOMPILE_HEADERS ON)  # compiled for other instructions
    set_property(GLOBAL APPEND PROPERTY LMZ_KERNEL_BUILDS ${name}_${isa})
  endforeach()
endfunction()
