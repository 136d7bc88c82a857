#!/bin/sh
# isa_symbols.sh NM ARCHIVE: the kernels' objects in ARCHIVE hold no weak functions. Of those (inline
# functions, instances of templates) the linker keeps one for the whole program, and that of a file
# compiled for AVX-512 would stop every other CPU.
set -eu
"$1" -A "$2" | awk '
  $(NF - 1) != "W" { next }
  { weak++ }
  /(network|mixer)_(scalar|sse4|avx2|avxvnni|avx512|neon|neondot)[.]cc[.]o:/ { print; leaks++ }
  END {
    if (!weak) print "no weak function anywhere: this check does not understand nm"
    exit leaks || !weak
  }'
