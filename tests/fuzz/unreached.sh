#!/bin/bash
# usage: tests/fuzz/unreached.sh BUILD_FOLDER
#
# Lists the functions under src/ that no target of a build of the preset `fuzz` reaches with its
# corpus: what to write a seed or a target for.
set -euo pipefail
if [ $# -ne 1 ]; then
  sed -n 's/^# //p' "$0" | head -1 >&2
  exit 2
fi
here=$(cd "$(dirname "$0")" && pwd)
for corpus in "$here"/corpus/*; do
  "$1/tests/fuzz/fuzz_$(basename "$corpus")" -runs=0 -print_coverage=1 "$corpus" 2>&1
done | awk '
  $1 == "COVERED_FUNC:" || $1 == "UNCOVERED_FUNC:" {
    place = $NF
    if (!match(place, /\/src\/[^:]*/)) next
    file = substr(place, RSTART + 1, RLENGTH - 1)
    name = $0
    sub(/^.*edges: [0-9]+\/[0-9]+ /, "", name)
    sub(/ [^ ]+$/, "", name)
    if ($1 == "COVERED_FUNC:") reached[file "  " name] = 1
    else missed[file "  " name] = 1
  }
  END { for (f in missed) if (!(f in reached)) print f }
' | sort
