#!/bin/sh
# isa_symbols.sh NM ARCHIVE BUILD...: the kernels' objects in ARCHIVE, BUILD.cc.o each, hold no weak
# functions. Of those (inline functions, instances of templates) the linker keeps one for the whole
# program, and that of a file compiled for AVX-512 would stop every other CPU.
set -eu
nm=$1
archive=$2
shift 2
"$nm" -A "$archive" | awk -v builds="$*" '
  BEGIN {
    count = split(builds, names, " ")
    for (i = 1; i <= count; ++i) is_kernel[names[i] ".cc.o"] = 1
  }
  { split($1, place, ":"); object = place[2] }
  object in is_kernel { seen[object] = 1 }
  $(NF - 1) != "W" { next }
  { weak++ }
  object in is_kernel { print; leaks++ }
  END {
    if (!weak) print "no weak function anywhere: this check does not understand nm"
    for (object in is_kernel) if (!(object in seen)) { print "not in the archive: " object; missing++ }
    exit leaks || missing || !weak || !count
  }'
