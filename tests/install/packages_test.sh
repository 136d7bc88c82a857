#!/bin/bash
# usage: tests/install/packages_test.sh FOLDER
#
# The Debian packages in FOLDER (scripts/release makes them): no errors of lintian, and they can be
# installed, used and removed again, in a root folder of their own. As root or with fakeroot.
set -euo pipefail

packages=$(realpath "$1")
root=$(mktemp -d)
trap 'rm -rf "$root"' EXIT

if command -v lintian >/dev/null; then
  lintian --fail-on error "$packages"/*.deb || { echo "lintian found errors"; exit 1; }
else
  echo "packages_test: lintian is missing; the packages are not judged by it"
fi

mkdir -p "$root"/var/lib/dpkg/{info,updates,triggers}
touch "$root"/var/lib/dpkg/{status,available}
dpkg=(dpkg --root="$root" --force-not-root --force-depends --force-script-chrootless --log=/dev/null)
"${dpkg[@]}" -i "$packages"/*.deb >/dev/null 2>&1
installed=$(find "$root/usr" -type f | wc -l)
[ "$installed" -gt 20 ]

# The program with its model, and Python over the library.
lmz=$root/usr/bin/lmz
export LD_LIBRARY_PATH=
LD_LIBRARY_PATH=$(dirname "$(find "$root/usr/lib" -name 'liblmz.so.*' | head -1)")
"$lmz" --list-models | grep -q "$root/usr/share/lmz/models/large.lmm"
head -c 3000 "$0" >"$root/text"
"$lmz" -4 "$root/text"
"$lmz" -dc "$root/text.lmz" | cmp - "$root/text"
PYTHONPATH=$root/usr/lib/python3/dist-packages python3 -c '
import lmz, sys
data = open(sys.argv[1], "rb").read()
assert lmz.decompress(lmz.compress(data)) == data' "$root/text"
zcat "$root/usr/share/man/man1/lmz.1.gz" | grep -q 'lmz'

names=$(for file in "$packages"/*.deb; do dpkg-deb -f "$file" Package; done)
# shellcheck disable=SC2086
"${dpkg[@]}" -r $names >/dev/null 2>&1
# shellcheck disable=SC2086
"${dpkg[@]}" -P $names >/dev/null 2>&1 || true
left=$(find "$root" -path "$root/usr/*" -type f -name "*lmz*" | head)
[ -z "$left" ] || { echo "left behind: $left"; exit 1; }
echo "packages: installed $installed files, used, removed"
