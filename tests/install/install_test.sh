#!/bin/sh
# usage: install_test.sh CMAKE BUILD_DIR SOURCE_DIR
#
# Installs the build into an empty prefix, moves it, and uses what is there as a stranger would:
# builds tests/install/consumer.c against both libraries through find_package, every example through
# find_package and through pkg-config; runs them, the installed program and the Python package.
set -eu

cmake=$1
build=$2
source=$3
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

"$cmake" --install "$build" --prefix "$work/first" >/dev/null
mv "$work/first" "$work/prefix"

"$cmake" -G Ninja -S "$source/tests/install" -B "$work/consumer" -DCMAKE_PREFIX_PATH="$work/prefix" \
  >/dev/null
"$cmake" --build "$work/consumer" >/dev/null
"$work/consumer/consumer"
"$work/consumer/consumer_static"

# Level 4 through the library, whose model lies beside it: beside the shared library, or beside the
# program that the static one is part of. Nothing else may lead there.
large=$(find "$work/prefix" -name large.lmm)
"$work/consumer/consumer" 4
mkdir -p "$work/prefix/bin"
cp "$work/consumer/consumer_static" "$work/prefix/bin/consumer_static"
"$work/prefix/bin/consumer_static" 4
if "$work/consumer/consumer_static" 4 2>"$work/words"; then exit 1; fi
grep -q "level 4: model 'large' not found; install it as $work/" "$work/words"
mv "$large" "$work/large.lmm"
for command in "$work/consumer/consumer 4" "$work/prefix/bin/consumer_static 4" \
  "$work/prefix/bin/lmz -4 -c $source/README.md"; do
  if $command >"$work/out" 2>"$work/words"; then exit 1; fi
  grep -q "level 4: model 'large' not found; install it as $large\$" "$work/words" ||
    { cat "$work/words" >&2; exit 1; }
done
mv "$work/large.lmm" "$large"
rm "$work/prefix/bin/consumer_static"

# run_examples FOLDER: all of them, with the results that they must have.
run_examples() {
  for name in one_shot records models cpp; do
    "$1/$name" >"$work/$name.out" || { echo "example $name fails in $1" >&2; exit 1; }
  done
  "$1/stream_file" c <"$source/README.md" >"$work/README.lmz"
  "$1/stream_file" d <"$work/README.lmz" | cmp - "$source/README.md"
  "$1/byte_range" "$work/README.lmz" 100 50 >"$work/part"
  tail -c +101 "$source/README.md" | head -c 50 | cmp - "$work/part"
  if "$1/stream_file" d <"$source/README.md" >"$work/out" 2>&1; then exit 1; fi
  grep -q "not an lmz file" "$work/out"
}

"$cmake" -G Ninja -S "$source/examples" -B "$work/examples" -DCMAKE_PREFIX_PATH="$work/prefix" \
  >/dev/null
"$cmake" --build "$work/examples" >/dev/null
run_examples "$work/examples"

library=$(dirname "$(find "$work/prefix" -name lmz.pc)")
export PKG_CONFIG_PATH="$library"
mkdir "$work/by_pkg_config"
for name in one_shot stream_file records byte_range models; do
  # shellcheck disable=SC2046  # a list of words on purpose
  cc -std=c99 -Wall -Wextra -Werror "$source/examples/$name.c" -o "$work/by_pkg_config/$name" \
    -pthread $(pkg-config --cflags --libs lmz)
done
# shellcheck disable=SC2046
c++ -std=c++17 -Wall -Wextra -Werror "$source/examples/cpp.cc" -o "$work/by_pkg_config/cpp" \
  $(pkg-config --cflags --libs lmz)
(
  LD_LIBRARY_PATH=$(dirname "$library")
  export LD_LIBRARY_PATH
  run_examples "$work/by_pkg_config"
)

"$work/prefix/bin/lmz" -c "$source/README.md" | "$work/prefix/bin/lmz" -d | cmp - "$source/README.md"
# The large model lies beside the program.
head -c 1000 "$source/README.md" >"$work/beginning"
"$work/prefix/bin/lmz" -4 -c "$work/beginning" >"$work/beginning.lmz"
"$work/prefix/bin/lmz" -d -c "$work/beginning.lmz" | cmp - "$work/beginning"
package=$(dirname "$(find "$work/prefix" -path '*/lmz/__init__.py')")
(cd "$work" && PYTHONPATH=$(dirname "$package") python3 -B -c '
import lmz, pathlib
assert lmz.decompress(lmz.compress(b"installed", 1)) == b"installed"
text, code = (pathlib.Path(name).read_bytes() for name in ("beginning", "beginning.lmz"))
assert lmz.compress(text, level=4) == code and lmz.decompress(code) == text')

# What stands around the program: its other names, manual pages, completion, the magic of file(1).
prefix=$work/prefix
completions=share/bash-completion/completions
for part in include/lmz/lmz.h include/lmz/lmz.hpp share/lmz/lmz.magic \
  share/man/man1/lmz.1.gz share/man/man1/unlmz.1.gz share/man/man1/lmzcat.1.gz \
  bin/lmzgrep share/man/man1/lmzgrep.1.gz bin/lmzdiff share/man/man1/lmzdiff.1.gz \
  bin/lmzless share/man/man1/lmzless.1.gz \
  bin/lmz-convert share/man/man1/lmz-convert.1.gz share/zsh/site-functions/_lmz \
  share/fish/vendor_completions.d/lmz.fish share/fish/vendor_completions.d/unlmz.fish \
  share/fish/vendor_completions.d/lmzcat.fish \
  $completions/lmz $completions/unlmz $completions/lmzcat; do
  [ -e "$prefix/$part" ] || { echo "not installed: $part" >&2; exit 1; }
done
"$prefix/bin/lmz" -0 -c "$source/README.md" >"$work/README.md.lmz"
"$prefix/bin/lmzcat" "$work/README.md.lmz" | cmp - "$source/README.md"
"$prefix/bin/unlmz" "$work/README.md.lmz" && cmp "$work/README.md" "$source/README.md"
bash -uc '. "$1"; complete -p lmz unlmz lmzcat >/dev/null' bash "$prefix/$completions/lmzcat"
if command -v file >/dev/null; then
  file -m "$prefix/share/lmz/lmz.magic" "$work/README.md.lmz" | grep -q "lmz compressed data"
fi
echo "installed, found both ways, works"
