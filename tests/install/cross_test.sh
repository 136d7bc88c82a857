#!/bin/sh
# usage: tests/install/cross_test.sh MACHINE CROSS-LMZ NATIVE-LMZ
#
# CROSS-LMZ, a program for MACHINE (cmake/cross.cmake), and that of this machine write the same files
# and read each other's, at every level; for aarch64 on CPUs with and without the dot product
# extension. Where a network is emulated without kernels of its own, a byte takes a tenth of a second.
set -eu
machine=$1
cross=$2
native=$3
cd "$(dirname "$0")/../.."

with="" without=""
if [ "$machine" = aarch64 ]; then
  with="-cpu max" without="-cpu cortex-a53"
fi

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# same LEVEL FILE
same() {
  # shellcheck disable=SC2086  # a list of words on purpose
  scripts/emulate "$machine" $with "$cross" "-$1" -c "$2" >"$work/cross.lmz"
  "$native" "-$1" -c "$2" >"$work/native.lmz"
  cmp "$work/cross.lmz" "$work/native.lmz"
  # shellcheck disable=SC2086  # a list of words on purpose
  scripts/emulate "$machine" $without "$cross" -d -c "$work/native.lmz" | cmp - "$2"
  "$native" -d -c "$work/cross.lmz" | cmp - "$2"
  echo "-- $machine: level $1, $(wc -c <"$2") bytes: the same file, read both ways"
}

head -c 60000 samples/opticks.txt >"$work/text"
head -c 100000 "$native" >"$work/program"
gzip -9nc "$native" | tail -c +1000 | head -c 70000 | base64 >"$work/base64"
{ cat "$work/text" "$work/text" "$work/base64"; seq 2000; } >"$work/mixture"
same 0 "$work/text"
same 0 "$work/program"
same 0 "$work/mixture"
head -c 200 samples/opticks.txt >"$work/part"
for level in 1 2 3 4; do same "$level" "$work/part"; done
if [ "$machine" = aarch64 ]; then
  head -c 12000 samples/opticks.txt >"$work/part"
  same 3 "$work/part"
fi
