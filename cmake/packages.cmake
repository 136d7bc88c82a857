# Debian packages by `cpack`: program, library, its development files, the Python package, models.
# scripts/release makes them, with what Debian's layout needs (prefix /usr).
set(CPACK_GENERATOR DEB)
set(CPACK_PACKAGE_NAME lmz)
set(CPACK_PACKAGE_VENDOR "lmz")
set(CPACK_PACKAGE_CONTACT "lmz authors <lmz@users.noreply.github.com>")
set(CPACK_PACKAGE_VERSION ${PROJECT_VERSION})
set(CPACK_PACKAGING_INSTALL_PREFIX /usr)
set(CPACK_STRIP_FILES ON)
set(CPACK_DEB_COMPONENT_INSTALL ON)
set(CPACK_COMPONENTS_ALL library development models)
if(LMZ_BUILD_PROGRAMS)
  list(APPEND CPACK_COMPONENTS_ALL program)
endif()
if(LMZ_BUILD_PYTHON AND NOT CMAKE_CROSSCOMPILING)
  list(APPEND CPACK_COMPONENTS_ALL python)
endif()
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_COMPRESSION_TYPE xz)
set(CPACK_DEBIAN_PACKAGE_SECTION utils)
set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS ON)
set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS_PRIVATE_DIRS ${PROJECT_BINARY_DIR}/src/c_api)

set(LMZ_LIBRARY_PACKAGE liblmz${PROJECT_VERSION_MAJOR})
set(CPACK_PACKAGE_DESCRIPTION_SUMMARY "${PROJECT_DESCRIPTION}")

# lmz_package(COMPONENT NAME SECTION CONTENT): CONTENT ends the package's description.
macro(lmz_package component name section content)
  string(TOUPPER ${component} upper)
  set(CPACK_DEBIAN_${upper}_PACKAGE_NAME ${name})
  set(CPACK_DEBIAN_${upper}_PACKAGE_SECTION ${section})
  set(CPACK_COMPONENT_${upper}_DESCRIPTION
"lmz predicts every bit before coding it, with a small neural byte model and
context mixing. It is strong on text, source code, tables and executables.
All arithmetic that decides a bit is done in integers: any machine decodes
what any other machine wrote.

This package has ${content}.")
  # Debian wants licence and changelog in each package.
  install(FILES ${PROJECT_BINARY_DIR}/packages/copyright ${PROJECT_BINARY_DIR}/packages/changelog.gz
          DESTINATION ${CMAKE_INSTALL_DATADIR}/doc/${name} COMPONENT ${component})
endmacro()

lmz_package(program lmz utils "the program")
lmz_package(library ${LMZ_LIBRARY_PACKAGE} libs "the shared library")
lmz_package(development liblmz-dev libdevel
            "headers, the static library, and files for CMake and pkg-config")
lmz_package(models lmz-models utils "the model of level 4")
lmz_package(python python3-lmz python "the Python package")

set(CPACK_DEBIAN_PROGRAM_PACKAGE_RECOMMENDS lmz-models)
set(CPACK_DEBIAN_PROGRAM_PACKAGE_SUGGESTS less)
set(CPACK_DEBIAN_LIBRARY_PACKAGE_RECOMMENDS lmz-models)
set(CPACK_DEBIAN_LIBRARY_PACKAGE_CONTROL_EXTRA ${PROJECT_BINARY_DIR}/packages/triggers)
set(CPACK_DEBIAN_PACKAGE_GENERATE_SHLIBS ON)
set(CPACK_DEBIAN_PACKAGE_GENERATE_SHLIBS_POLICY ">=")
set(CPACK_DEBIAN_DEVELOPMENT_PACKAGE_DEPENDS
    "${LMZ_LIBRARY_PACKAGE} (= ${PROJECT_VERSION}), libxxhash-dev, libutf8proc-dev")
set(CPACK_DEBIAN_MODELS_PACKAGE_ARCHITECTURE all)
set(CPACK_DEBIAN_PYTHON_PACKAGE_DEPENDS
    "${LMZ_LIBRARY_PACKAGE} (= ${PROJECT_VERSION}), python3 (>= 3.11)")

# The documents for people who install packages.
file(MAKE_DIRECTORY ${PROJECT_BINARY_DIR}/packages)
configure_file(cmake/debian_copyright.in ${PROJECT_BINARY_DIR}/packages/copyright COPYONLY)
file(WRITE ${PROJECT_BINARY_DIR}/packages/triggers "activate-noawait ldconfig\n")
string(TIMESTAMP date "%a, %d %b %Y %H:%M:%S +0000" UTC)
file(WRITE ${PROJECT_BINARY_DIR}/packages/changelog
     "lmz (${PROJECT_VERSION}) stable; urgency=medium\n\n  * See CHANGELOG.md.\n\n -- ${CPACK_PACKAGE_CONTACT}  ${date}\n")
execute_process(COMMAND ${LMZ_GZIP} -9nf ${PROJECT_BINARY_DIR}/packages/changelog)
include(CPack)
