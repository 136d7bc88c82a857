#!/bin/sh
# usage: tests/install/aarch64_test.sh AARCH64-LMZ NATIVE-LMZ
#
# Both programs write the same file, and on an emulated CPU without the dot product extension the
# first reads what the second wrote.
set -eu
aarch64=$1
native=$2
cd "$(dirname "$0")/../.."

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
head -c 12000 samples/opticks.txt >"$work/text"
qemu-aarch64 -cpu max "$aarch64" -c "$work/text" >"$work/aarch64.lmz"
"$native" -c "$work/text" >"$work/native.lmz"
cmp "$work/aarch64.lmz" "$work/native.lmz"
qemu-aarch64 -cpu cortex-a53 "$aarch64" -d -c "$work/native.lmz" | cmp - "$work/text"
