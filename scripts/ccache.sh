# Sourced at the root of the sources: sets `launcher`, an option for cmake, where there is ccache.
launcher=""
if command -v ccache >/dev/null; then launcher=-DCMAKE_CXX_COMPILER_LAUNCHER=ccache; fi
# What ccache must be told for precompiled headers.
export CCACHE_SLOPPINESS=pch_defines,time_macros
# Other checkouts share what g++ compiles. What clang compiles with a precompiled header they do not:
# that header holds absolute paths, and so do the options that name it.
export CCACHE_BASEDIR=$PWD CCACHE_NOHASHDIR=1
