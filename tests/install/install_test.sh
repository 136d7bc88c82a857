#!/bin/sh
# usage: install_test.sh CMAKE BUILD_DIR SOURCE_DIR
#
# Installs the build into an empty prefix and builds tests/install/consumer.c against it, through
# find_package (shared and static) and through pkg-config; runs each, and the installed program.
set -eu

cmake=$1
build=$2
source=$3
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

"$cmake" --install "$build" --prefix "$work/prefix" >/dev/null

"$cmake" -G Ninja -S "$source/tests/install" -B "$work/consumer" -DCMAKE_PREFIX_PATH="$work/prefix" \
  >/dev/null
"$cmake" --build "$work/consumer" >/dev/null
"$work/consumer/consumer"
"$work/consumer/consumer_static"

library=$(dirname "$(find "$work/prefix" -name lmz.pc)")
export PKG_CONFIG_PATH="$library"
# shellcheck disable=SC2046  # a list of words on purpose
cc "$source/tests/install/consumer.c" -o "$work/by_pkg_config" $(pkg-config --cflags --libs lmz)
LD_LIBRARY_PATH=$(dirname "$library") "$work/by_pkg_config"

"$work/prefix/bin/lmz" -c "$source/README.md" | "$work/prefix/bin/lmz" -d | cmp - "$source/README.md"
for part in include/lmz/lmz.h share/man/man1/lmz.1 bin/lmz; do
  [ -e "$work/prefix/$part" ] || { echo "not installed: $part" >&2; exit 1; }
done
echo "installed, found both ways, works"
