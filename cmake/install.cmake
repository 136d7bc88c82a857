# What `cmake --install` puts in place: libraries, header, and how CMake and pkg-config find them.
# The program and its manual install themselves (cli/CMakeLists.txt).
include(GNUInstallDirs)
include(CMakePackageConfigHelpers)

set(CMAKE_INSTALL_DEFAULT_COMPONENT_NAME development)
install(TARGETS lmz lmz_static EXPORT lmz-targets
        LIBRARY DESTINATION ${CMAKE_INSTALL_LIBDIR} COMPONENT library
                NAMELINK_COMPONENT development
        ARCHIVE DESTINATION ${CMAKE_INSTALL_LIBDIR})
install(DIRECTORY ${PROJECT_SOURCE_DIR}/include/lmz DESTINATION ${CMAKE_INSTALL_INCLUDEDIR})

set(LMZ_PACKAGE_DIR ${CMAKE_INSTALL_LIBDIR}/cmake/lmz)
install(EXPORT lmz-targets NAMESPACE lmz:: DESTINATION ${LMZ_PACKAGE_DIR})
configure_package_config_file(cmake/lmz-config.cmake.in ${PROJECT_BINARY_DIR}/lmz-config.cmake
                              INSTALL_DESTINATION ${LMZ_PACKAGE_DIR})
# Before 1.0 a minor version may break programs.
write_basic_package_version_file(${PROJECT_BINARY_DIR}/lmz-config-version.cmake
                                 COMPATIBILITY SameMinorVersion)
install(FILES ${PROJECT_BINARY_DIR}/lmz-config.cmake ${PROJECT_BINARY_DIR}/lmz-config-version.cmake
        DESTINATION ${LMZ_PACKAGE_DIR})

# Relative to the file itself, so that an installed tree can be moved.
file(RELATIVE_PATH LMZ_PC_PREFIX /${CMAKE_INSTALL_LIBDIR}/pkgconfig /)
configure_file(cmake/lmz.pc.in ${PROJECT_BINARY_DIR}/lmz.pc @ONLY)
install(FILES ${PROJECT_BINARY_DIR}/lmz.pc DESTINATION ${CMAKE_INSTALL_LIBDIR}/pkgconfig)
