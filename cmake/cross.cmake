# Toolchain: Linux on another architecture, LMZ_MACHINE, from a Debian machine, with Debian's cross
# compiler and its libraries for that architecture (scripts/install_deps LMZ_MACHINE). The programs run
# under qemu-user with those libraries; the C++ run-time library is linked in, since Debian's cross
# compiler has its own.
set(LMZ_MACHINE "" CACHE STRING "The architecture: aarch64, i386 or s390x")
set(CMAKE_TRY_COMPILE_PLATFORM_VARIABLES LMZ_MACHINE)

set(LMZ_COMPILER_aarch64 aarch64-linux-gnu)
set(LMZ_COMPILER_i386 i686-linux-gnu)
set(LMZ_COMPILER_s390x s390x-linux-gnu)
if(NOT DEFINED LMZ_COMPILER_${LMZ_MACHINE})
  message(FATAL_ERROR "LMZ_MACHINE is '${LMZ_MACHINE}', not aarch64, i386 or s390x")
endif()
set(LMZ_COMPILER ${LMZ_COMPILER_${LMZ_MACHINE}})

set(CMAKE_SYSTEM_NAME Linux)
set(CMAKE_SYSTEM_PROCESSOR ${LMZ_MACHINE})
set(CMAKE_C_COMPILER ${LMZ_COMPILER}-gcc)
set(CMAKE_CXX_COMPILER ${LMZ_COMPILER}-g++)
set(CMAKE_LIBRARY_ARCHITECTURE ${LMZ_MACHINE}-linux-gnu)
set(CMAKE_EXE_LINKER_FLAGS_INIT "-static-libstdc++ -static-libgcc")
set(CMAKE_CROSSCOMPILING_EMULATOR qemu-${LMZ_MACHINE})
set(ENV{PKG_CONFIG_LIBDIR} /usr/lib/${LMZ_MACHINE}-linux-gnu/pkgconfig:/usr/share/pkgconfig)
